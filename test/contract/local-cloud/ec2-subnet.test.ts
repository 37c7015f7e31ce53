import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DescribeNetworkAclsCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createNetworkInterface,
  deleteNetworkInterface,
} from '../../../src/local-cloud/services/ec2/network-interface.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let VpcId: string;
beforeAll(async () => {
  cloud = await startLocalCloud();
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  VpcId = Vpc?.VpcId ?? '';
});
afterAll(() => cloud.close());

test('a subnet is created in its zone, changed, and deleted', async () => {
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({
      VpcId,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: 'localb',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'chatops:id', Value: 'subnet-b' }] }],
    }),
  );
  const SubnetId = Subnet?.SubnetId ?? '';
  expect(Subnet).toMatchObject({
    VpcId,
    CidrBlock: '10.0.1.0/24',
    AvailabilityZone: 'localb',
    AvailabilityZoneId: 'local-az2',
    AvailableIpAddressCount: 251,
    MapPublicIpOnLaunch: false,
    State: 'available',
    SubnetArn: `arn:aws:ec2:local:000000000000:subnet/${SubnetId}`,
    Tags: [{ Key: 'chatops:id', Value: 'subnet-b' }],
  });
  await cloud.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const read = () => cloud.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  expect((await read()).Subnets).toMatchObject([{ MapPublicIpOnLaunch: true }]);
  const acls = await cloud.ec2.send(
    new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }),
  );
  expect(acls.NetworkAcls).toMatchObject([{ VpcId, IsDefault: true }]);
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await expect(read()).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
    message: `The subnet ID '${SubnetId}' does not exist`,
  });
});

test.each([
  ['10.1.0.0/24', 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
  ['10.0.0.0/29', 'InvalidSubnet.Range', "The CIDR '10.0.0.0/29' is invalid."],
  ['10.0.0.0/15', 'InvalidSubnet.Range', "The CIDR '10.0.0.0/15' is invalid."],
  [
    'ten',
    'InvalidParameterValue',
    'Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  ],
])('a subnet of %s is refused with %s', async (CidrBlock, name, message) => {
  await expect(cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))).rejects.toMatchObject({
    name,
    message,
  });
});

test('a subnet that overlaps another of its VPC is a conflict', async () => {
  await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.64.0/20' }));
  await expect(
    cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.79.0/24' })),
  ).rejects.toMatchObject({
    name: 'InvalidSubnet.Conflict',
    message: "The CIDR '10.0.79.0/24' conflicts with another subnet",
  });
});

test('an unknown zone is refused with the zones that there are', async () => {
  await expect(
    cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'localz' })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message:
      'Value (localz) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: locala, localb, localc.',
  });
});

test('a subnet with a network interface stays, and counts its addresses', async () => {
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.3.0/28' }));
  const SubnetId = Subnet?.SubnetId ?? '';
  const { NetworkInterfaceId } = createNetworkInterface(cloud.call(), {
    subnetId: SubnetId,
    securityGroupIds: [],
    description: 'a task',
  });
  const { Subnets } = await cloud.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  expect(Subnets?.[0]?.AvailableIpAddressCount).toBe(10);
  await expect(cloud.ec2.send(new DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  });
  deleteNetworkInterface(cloud.call(), NetworkInterfaceId);
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId }));
});
