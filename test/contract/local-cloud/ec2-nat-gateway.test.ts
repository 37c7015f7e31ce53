import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNatGatewayCommand,
  DeleteSubnetCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../../../src/local-cloud/clock.ts';
import { startLocalCloud, type TestCloud } from '../../helpers/local-cloud.ts';

let cloud: TestCloud;
/** Seconds since the start. */
let time = 0;
beforeEach(async () => {
  time = 0;
  const start = Date.now();
  const clock = { ...realClock('aws'), now: () => start + time * 1000 };
  cloud = await startLocalCloud({ clock });
});
afterEach(() => cloud.close());

async function network() {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { InternetGateway } = await cloud.ec2.send(new CreateInternetGatewayCommand({}));
  const gateway = { VpcId: Vpc?.VpcId, InternetGatewayId: InternetGateway?.InternetGatewayId };
  await cloud.ec2.send(new AttachInternetGatewayCommand(gateway));
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24' }),
  );
  return { ...gateway, SubnetId: Subnet?.SubnetId };
}

const allocate = () => cloud.ec2.send(new AllocateAddressCommand({}));

async function stateOf(id: string | undefined) {
  const { NatGateways } = await cloud.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id!] }));
  return NatGateways?.[0]?.State;
}

test('is pending for 105 seconds, holds its address and its subnet, and leaves both and the routes behind', async () => {
  const { VpcId, SubnetId, InternetGatewayId } = await network();
  const { AllocationId, PublicIp } = await allocate();
  expect(PublicIp).toMatch(/^198\.51\.100\.\d+$/);
  const { NatGateway } = await cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  const NatGatewayId = NatGateway?.NatGatewayId;
  expect(NatGateway).toMatchObject({ State: 'pending', ConnectivityType: 'public', VpcId, SubnetId });
  time = 104;
  expect(await stateOf(NatGatewayId)).toBe('pending');
  time = 105;
  expect(await stateOf(NatGatewayId)).toBe('available');
  const { Addresses } = await cloud.ec2.send(
    new DescribeAddressesCommand({ AllocationIds: [AllocationId!] }),
  );
  const { NetworkInterfaces } = await cloud.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'subnet-id', Values: [SubnetId!] }] }),
  );
  expect(NetworkInterfaces).toMatchObject([
    { InterfaceType: 'nat_gateway', Association: { PublicIp, AllocationId }, Groups: [] },
  ]);
  const [eni] = NetworkInterfaces ?? [];
  expect(Addresses).toMatchObject([
    { NetworkInterfaceId: eni?.NetworkInterfaceId, PrivateIpAddress: eni?.PrivateIpAddress, Domain: 'vpc' },
  ]);

  const { RouteTable } = await cloud.ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId;
  const everywhere = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId };
  await cloud.ec2.send(new CreateRouteCommand(everywhere));

  await expect(cloud.ec2.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toMatchObject({
    name: 'InvalidIPAddress.InUse',
    message: `Address ${PublicIp} is in use.`,
  });
  await cloud.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
  time = 150;
  expect(await stateOf(NatGatewayId)).toBe('deleting');
  for (const held of [
    cloud.ec2.send(new DeleteSubnetCommand({ SubnetId })),
    cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId })),
  ]) {
    await expect(held).rejects.toMatchObject({ name: 'DependencyViolation' });
  }
  time = 155;
  expect(await stateOf(NatGatewayId)).toBe('deleted');
  const { RouteTables } = await cloud.ec2.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId!] }),
  );
  expect(RouteTables?.[0]?.Routes).toContainEqual(
    expect.objectContaining({ NatGatewayId, State: 'blackhole' }),
  );
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await cloud.ec2.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { Addresses: kept } = await cloud.ec2.send(new DescribeAddressesCommand({}));
  expect(kept).toMatchObject([{ AllocationId }]);
  expect(kept?.[0]?.AssociationId).toBeUndefined();
  await cloud.ec2.send(new ReleaseAddressCommand({ AllocationId }));
});

test('fails later, with the reason, where the network or the address is not right', async () => {
  const { SubnetId, ...gateway } = await network();
  const { AllocationId } = await allocate();
  await cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  const { NatGateway: second } = await cloud.ec2.send(
    new CreateNatGatewayCommand({ SubnetId, AllocationId }),
  );
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.1.0.0/24' }),
  );
  const { AllocationId: other } = await allocate();
  const { NatGateway: third } = await cloud.ec2.send(
    new CreateNatGatewayCommand({ SubnetId: Subnet?.SubnetId, AllocationId: other }),
  );
  time = 105;
  const { NatGateways } = await cloud.ec2.send(
    new DescribeNatGatewaysCommand({ Filter: [{ Name: 'state', Values: ['failed'] }] }),
  );
  expect(NatGateways?.map((one) => [one.NatGatewayId, one.FailureCode, one.FailureMessage])).toEqual([
    [
      second?.NatGatewayId,
      'Resource.AlreadyAssociated',
      `Elastic IP address [${AllocationId}] is already associated`,
    ],
    [third?.NatGatewayId, 'Gateway.NotAttached', `Network ${Vpc?.VpcId} has no Internet gateway attached`],
  ]);
  expect(gateway.VpcId).not.toBe(Vpc?.VpcId);
});

test('the same client token makes one; what does not exist is refused', async () => {
  const { SubnetId } = await network();
  const { AllocationId } = await allocate();
  const input = { SubnetId, AllocationId, ClientToken: 'once' };
  const [one, two] = [
    await cloud.ec2.send(new CreateNatGatewayCommand(input)),
    await cloud.ec2.send(new CreateNatGatewayCommand(input)),
  ];
  expect(two.NatGateway?.NatGatewayId).toBe(one.NatGateway?.NatGatewayId);
  const refusals: [Promise<unknown>, string][] = [
    [cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId })), 'MissingParameter'],
    [
      cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId: 'eipalloc-0' })),
      'InvalidAllocationID.NotFound',
    ],
    [
      cloud.ec2.send(new CreateNatGatewayCommand({ SubnetId: 'subnet-0', AllocationId })),
      'InvalidSubnetID.NotFound',
    ],
    [cloud.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: 'nat-0' })), 'NatGatewayNotFound'],
    [cloud.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: 'igw-0' })), 'NatGatewayMalformed'],
    [
      cloud.ec2.send(new ReleaseAddressCommand({ AllocationId: 'eipalloc-0' })),
      'InvalidAllocationID.NotFound',
    ],
  ];
  for (const [refusal, name] of refusals) await expect(refusal).rejects.toMatchObject({ name });
});
