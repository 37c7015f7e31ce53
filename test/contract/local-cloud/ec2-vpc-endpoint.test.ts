import {
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
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
  cloud = await startLocalCloud({ clock: { ...realClock('aws'), now: () => start + time * 1000 } });
});
afterEach(() => cloud.close());

const logs = 'com.amazonaws.local.logs';

async function network() {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const subnet = async (index: number, zone: string) => {
    const input = { VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `local${zone}` };
    return (await cloud.ec2.send(new CreateSubnetCommand(input))).Subnet!.SubnetId!;
  };
  const { GroupId } = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'endpoints', Description: 'endpoints' }),
  );
  return {
    VpcId,
    GroupId: GroupId!,
    subnets: [await subnet(0, 'a'), await subnet(1, 'b'), await subnet(2, 'a')],
  };
}

const interfacesIn = async (subnetId: string) => {
  const { NetworkInterfaces } = await cloud.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'subnet-id', Values: [subnetId] }] }),
  );
  return NetworkInterfaces ?? [];
};

test('an interface endpoint has an interface per subnet, which hold subnets and groups until it is gone', async () => {
  const { VpcId, GroupId, subnets } = await network();
  const [one, two] = subnets as [string, string, string];
  const { VpcEndpoint } = await cloud.ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      ServiceName: logs,
      VpcEndpointType: 'Interface',
      SubnetIds: [one],
      SecurityGroupIds: [GroupId],
    }),
  );
  const VpcEndpointId = VpcEndpoint!.VpcEndpointId!;
  expect(VpcEndpoint).toMatchObject({ State: 'pending', PrivateDnsEnabled: true, Groups: [{ GroupId }] });
  const describe = async () => {
    const { VpcEndpoints } = await cloud.ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId!] }] }),
    );
    return VpcEndpoints ?? [];
  };
  time = 60;
  expect(await describe()).toMatchObject([{ State: 'available', SubnetIds: [one] }]);
  await cloud.ec2.send(
    new ModifyVpcEndpointCommand({ VpcEndpointId, AddSubnetIds: [two], RemoveSubnetIds: [one] }),
  );
  expect(await interfacesIn(one)).toEqual([]);
  expect(await interfacesIn(two)).toMatchObject([{ InterfaceType: 'vpc_endpoint', RequesterManaged: true }]);

  await cloud.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
  expect(await describe()).toMatchObject([{ State: 'deleting' }]);
  await expect(cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
  });
  await expect(cloud.ec2.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
  });
  time = 90;
  expect(await describe()).toEqual([]);
  await cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  const { Unsuccessful } = await cloud.ec2.send(
    new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }),
  );
  expect(Unsuccessful).toMatchObject([{ ResourceId: VpcEndpointId, Error: { Code: /NotFound/ } }]);
});

test('a gateway endpoint puts a route into its route tables, and takes it along', async () => {
  const { VpcId } = await network();
  const { RouteTable } = await cloud.ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  const { VpcEndpoint } = await cloud.ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      ServiceName: 'com.amazonaws.local.s3',
      RouteTableIds: [RouteTableId],
    }),
  );
  expect(VpcEndpoint).toMatchObject({ VpcEndpointType: 'Gateway', RouteTableIds: [RouteTableId] });
  const VpcEndpointId = VpcEndpoint!.VpcEndpointId!;
  const routes = async () => {
    const { RouteTables } = await cloud.ec2.send(
      new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
    );
    return RouteTables?.[0]?.Routes?.filter(({ GatewayId }) => GatewayId !== 'local');
  };
  const there = [
    { GatewayId: VpcEndpointId, DestinationPrefixListId: expect.stringMatching(/^pl-/), State: 'active' },
  ];
  expect(await routes()).toMatchObject(there);
  const modify = (input: object) => cloud.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, ...input }));
  await modify({ RemoveRouteTableIds: [RouteTableId] });
  expect(await routes()).toEqual([]);
  await modify({ AddRouteTableIds: [RouteTableId] });
  expect(await routes()).toMatchObject(there);
  await cloud.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
  expect(await routes()).toEqual([]);
});

test('what AWS refuses is refused, in its words', async () => {
  const { VpcId, subnets } = await network();
  const create = (input: object) =>
    cloud.ec2.send(
      new CreateVpcEndpointCommand({ VpcId, ServiceName: logs, VpcEndpointType: 'Interface', ...input }),
    );
  await expect(create({ ServiceName: 'com.amazonaws.local.nothing' })).rejects.toMatchObject({
    name: 'InvalidServiceName',
    message: "The Vpc Endpoint Service 'com.amazonaws.local.nothing' does not exist",
  });
  await expect(create({ VpcEndpointType: 'Gateway' })).rejects.toMatchObject({ name: 'InvalidParameter' });
  await expect(create({ SubnetIds: [subnets[0], subnets[2]] })).rejects.toMatchObject({
    name: 'DuplicateSubnetsInSameZone',
  });
  await expect(create({ SubnetIds: ['subnet-0'] })).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
  });
  const first = await create({ ClientToken: 'once' });
  const again = await create({ ClientToken: 'once' });
  expect(again.VpcEndpoint?.VpcEndpointId).toBe(first.VpcEndpoint?.VpcEndpointId);
  await expect(create({})).rejects.toThrow('there is already a conflicting DNS domain for logs.local');
  await create({ PrivateDnsEnabled: false });
  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: false } }));
  await expect(create({ ServiceName: 'com.amazonaws.local.ssm' })).rejects.toThrow(
    'Enabling private DNS requires both enableDnsSupport and enableDnsHostnames',
  );
  await expect(
    cloud.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: ['vpce-0'] })),
  ).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
});
