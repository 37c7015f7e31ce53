import {
  CreateInternetGatewayCommand,
  AttachInternetGatewayCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

async function createVpc(CidrBlock = '10.0.0.0/16'): Promise<string> {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock }));
  return Vpc?.VpcId ?? '';
}

test('a VPC is created pending, described available, and gone after its deletion', async () => {
  const { Vpc } = await cloud.ec2.send(
    new CreateVpcCommand({
      CidrBlock: '10.20.30.40/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'chat' }] }],
    }),
  );
  const VpcId = Vpc?.VpcId ?? '';
  expect(VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  expect(Vpc).toMatchObject({ State: 'pending', CidrBlock: '10.20.0.0/16', IsDefault: false });
  const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  expect(Vpcs).toMatchObject([
    { VpcId, State: 'available', OwnerId: '000000000000', Tags: [{ Key: 'Name', Value: 'chat' }] },
  ]);
  await cloud.ec2.send(new DeleteVpcCommand({ VpcId }));
  await expect(cloud.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: `The vpc ID '${VpcId}' does not exist`,
  });
});

test('a VPC is born with a main route table, a default group and a default network ACL, and takes them along', async () => {
  const VpcId = await createVpc();
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const tables = await cloud.ec2.send(new DescribeRouteTablesCommand({ Filters }));
  expect(tables.RouteTables).toMatchObject([
    {
      Associations: [{ Main: true, AssociationState: { State: 'associated' } }],
      Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }],
    },
  ]);
  const groups = await cloud.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const GroupId = groups.SecurityGroups?.[0]?.GroupId;
  expect(groups.SecurityGroups).toMatchObject([
    {
      GroupName: 'default',
      Description: 'default VPC security group',
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
  ]);
  const acls = await cloud.ec2.send(new DescribeNetworkAclsCommand({ Filters }));
  expect(acls.NetworkAcls).toMatchObject([{ IsDefault: true }]);
  await cloud.ec2.send(new DeleteVpcCommand({ VpcId }));
  expect((await cloud.ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables ?? []).toHaveLength(
    0,
  );
  expect(
    (await cloud.ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [],
  ).toHaveLength(0);
  expect((await cloud.ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls ?? []).toHaveLength(
    0,
  );
});

test('DNS attributes change one at a time', async () => {
  const VpcId = await createVpc();
  const hostnames = () =>
    cloud.ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }));
  expect((await hostnames()).EnableDnsHostnames).toEqual({ Value: false });
  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect((await hostnames()).EnableDnsHostnames).toEqual({ Value: true });
  const support = await cloud.ec2.send(
    new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }),
  );
  expect(support.EnableDnsSupport).toEqual({ Value: true });
  await expect(
    cloud.ec2.send(
      new ModifyVpcAttributeCommand({
        VpcId,
        EnableDnsHostnames: { Value: true },
        EnableDnsSupport: { Value: true },
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
});

test.each([
  ['10.0.0.0/8', 'InvalidVpc.Range', "The CIDR '10.0.0.0/8' is invalid."],
  ['10.0.0.0/29', 'InvalidVpc.Range', "The CIDR '10.0.0.0/29' is invalid."],
  [
    '10.0.0.300/16',
    'InvalidParameterValue',
    'Value (10.0.0.300/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  ],
])('a VPC of %s is refused with %s', async (CidrBlock, name, message) => {
  await expect(cloud.ec2.send(new CreateVpcCommand({ CidrBlock }))).rejects.toMatchObject({ name, message });
});

test('a malformed id is told from an unknown one', async () => {
  await expect(cloud.ec2.send(new DeleteVpcCommand({ VpcId: 'nonsense' }))).rejects.toMatchObject({
    name: 'InvalidVpcID.Malformed',
    message: 'Invalid id: "nonsense" (expecting "vpc-...")',
  });
});

test('DryRun says that the call would have succeeded and creates nothing', async () => {
  const { ec2 } = cloud.clientsFor('eu-west-1');
  await expect(
    ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })),
  ).rejects.toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? []).toHaveLength(0);
});

test.each([
  ['subnet', (VpcId: string) => cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }))],
  ['route table', (VpcId: string) => cloud.ec2.send(new CreateRouteTableCommand({ VpcId }))],
  [
    'security group',
    (VpcId: string) =>
      cloud.ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'web' })),
  ],
  [
    'internet gateway',
    async (VpcId: string) => {
      const { InternetGateway } = await cloud.ec2.send(new CreateInternetGatewayCommand({}));
      const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
      await cloud.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
    },
  ],
])('a VPC with a %s is a DependencyViolation', async (_noun, create) => {
  const VpcId = await createVpc();
  await create(VpcId);
  await expect(cloud.ec2.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  });
});

test('regions are apart, and each has three zones', async () => {
  const paris = cloud.clientsFor('eu-west-3');
  const { Vpc } = await paris.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await expect(cloud.ec2.send(new DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ''] }))).rejects.toMatchObject(
    { name: 'InvalidVpcID.NotFound' },
  );
  const { AvailabilityZones } = await paris.ec2.send(new DescribeAvailabilityZonesCommand({}));
  expect(AvailabilityZones?.map(({ ZoneName, ZoneId, State }) => [ZoneName, ZoneId, State])).toEqual([
    ['eu-west-3a', 'euw3-az1', 'available'],
    ['eu-west-3b', 'euw3-az2', 'available'],
    ['eu-west-3c', 'euw3-az3', 'available'],
  ]);
  await expect(
    paris.ec2.send(new DescribeAvailabilityZonesCommand({ ZoneNames: ['eu-west-3z'] })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: 'Invalid availability zones: [eu-west-3z]',
  });
});
