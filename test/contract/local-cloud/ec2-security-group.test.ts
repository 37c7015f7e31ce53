import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createNetworkInterface,
  deleteNetworkInterface,
} from '../../../src/local-cloud/services/ec2/network-interface.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let VpcId: string;
let GroupId: string;

beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

beforeEach(async () => {
  VpcId = (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  GroupId = await createGroup('tasks');
});

async function createGroup(GroupName: string, vpc = VpcId): Promise<string> {
  const made = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName, Description: `${GroupName} of the chat` }),
  );
  return made.GroupId ?? '';
}

function allow(IpPermissions: IpPermission[], id = GroupId) {
  return cloud.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions }));
}

function revoke(IpPermissions: IpPermission[]) {
  return cloud.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

async function read(id = GroupId) {
  const { SecurityGroups } = await cloud.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
  return SecurityGroups?.[0];
}

const web: IpPermission = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'the world' }],
};

test('a new group lets everything out and nothing in', async () => {
  expect(await read()).toMatchObject({
    GroupName: 'tasks',
    Description: 'tasks of the chat',
    VpcId,
    IpPermissions: [],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
});

test('rules are added, listed one by one, given a new description, and revoked', async () => {
  const balancer = await createGroup('load-balancer');
  const { SecurityGroupRules } = await allow([
    web,
    {
      IpProtocol: '6',
      FromPort: 3000,
      ToPort: 3000,
      UserIdGroupPairs: [{ GroupId: balancer, Description: 'from the load balancer' }],
    },
  ]);
  expect(SecurityGroupRules).toMatchObject([
    { GroupId, IsEgress: false, IpProtocol: 'tcp', FromPort: 80, CidrIpv4: '0.0.0.0/0' },
    { GroupId, IsEgress: false, FromPort: 3000, ReferencedGroupInfo: { GroupId: balancer } },
  ]);
  expect((await read())?.IpPermissions).toMatchObject([
    web,
    {
      IpProtocol: 'tcp',
      FromPort: 3000,
      ToPort: 3000,
      UserIdGroupPairs: [
        { GroupId: balancer, UserId: '000000000000', Description: 'from the load balancer' },
      ],
    },
  ]);
  await cloud.ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId,
      IpPermissions: [{ ...web, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'everyone' }] }],
    }),
  );
  const ofGroup = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
  const rules = await cloud.ec2.send(new DescribeSecurityGroupRulesCommand(ofGroup));
  expect(rules.SecurityGroupRules?.map(({ IsEgress, Description }) => [IsEgress, Description])).toEqual([
    [true, undefined],
    [false, 'everyone'],
    [false, 'from the load balancer'],
  ]);
  await revoke([web]);
  await cloud.ec2.send(
    new RevokeSecurityGroupIngressCommand({
      GroupId,
      SecurityGroupRuleIds: [SecurityGroupRules?.[1]?.SecurityGroupRuleId ?? ''],
    }),
  );
  expect((await read())?.IpPermissions).toEqual([]);
});

test('egress rules are replaced', async () => {
  const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await cloud.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
  await cloud.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [web] }));
  expect((await read())?.IpPermissionsEgress).toMatchObject([web]);
});

test('one port open to two peers is one permission of two rules', async () => {
  await allow([{ ...web, IpRanges: [{ CidrIp: '10.0.0.5/24' }, { CidrIp: '10.0.1.0/24' }] }]);
  expect((await read())?.IpPermissions).toMatchObject([
    { FromPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/24' }, { CidrIp: '10.0.1.0/24' }] },
  ]);
});

test('a rule that stands is a duplicate, whatever its description, and nothing is added', async () => {
  await allow([web]);
  const other = { ...web, FromPort: 443, ToPort: 443 };
  await expect(allow([other, { ...web, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }])).rejects.toMatchObject({
    name: 'InvalidPermission.Duplicate',
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  });
  expect((await read())?.IpPermissions).toHaveLength(1);
  await expect(allow([other, other])).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: 'The same permission must not appear multiple times',
  });
});

test('a rule that does not stand cannot be revoked', async () => {
  await expect(revoke([web])).rejects.toMatchObject({
    name: 'InvalidPermission.NotFound',
    message: 'The specified rule does not exist in this security group.',
  });
});

test.each<[string, IpPermission, string]>([
  ['no port range', { ...web, ToPort: undefined }, 'InvalidParameterValue'],
  ['a range upside down', { ...web, FromPort: 90 }, 'InvalidParameterValue'],
  ['an unknown protocol', { ...web, IpProtocol: 'smoke' }, 'InvalidParameterValue'],
  ['a malformed block', { ...web, IpRanges: [{ CidrIp: 'everywhere' }] }, 'InvalidParameterValue'],
  [
    'a description with an umlaut',
    { ...web, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'für alle' }] },
    'InvalidParameterValue',
  ],
  ['no peer', { ...web, IpRanges: [] }, 'MissingParameter'],
  [
    'a group that is not there',
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-00000000000000000' }] },
    'InvalidGroup.NotFound',
  ],
])('a rule with %s is refused', async (_what, permission, name) => {
  await expect(allow([permission])).rejects.toMatchObject({ name });
});

test('a group of another VPC cannot be referred to', async () => {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const foreign = await createGroup('foreign', Vpc?.VpcId);
  await expect(allow([{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: foreign }] }])).rejects.toMatchObject(
    {
      name: 'InvalidGroup.NotFound',
      message: 'You have specified two resources that belong to different networks.',
    },
  );
});

test('a name is taken once in a VPC, and some names never', async () => {
  await expect(createGroup('tasks')).rejects.toMatchObject({
    name: 'InvalidGroup.Duplicate',
    message: `The security group 'tasks' already exists for VPC '${VpcId}'`,
  });
  await expect(createGroup('default')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: 'Cannot use reserved security group name: default',
  });
  await expect(createGroup('sg-tasks')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message:
      'Value (sg-tasks) for parameter GroupName is invalid. Group names may not be in the format sg-*.',
  });
});

test('a group that rules or network interfaces refer to stays', async () => {
  const redis = await createGroup('redis');
  const remove = () => cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  const inUse = { name: 'DependencyViolation', message: `resource ${GroupId} has a dependent object` };
  const fromTasks = {
    IpProtocol: 'tcp',
    FromPort: 6379,
    ToPort: 6379,
    UserIdGroupPairs: [{ GroupId }],
  };
  await allow([fromTasks], redis);
  await expect(remove()).rejects.toMatchObject(inUse);
  await cloud.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: redis, IpPermissions: [fromTasks] }));
  const { Subnet } = await cloud.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }));
  const { NetworkInterfaceId } = createNetworkInterface(cloud.call(), {
    subnetId: Subnet?.SubnetId ?? '',
    securityGroupIds: [GroupId],
    description: 'a task',
  });
  await expect(remove()).rejects.toMatchObject(inUse);
  deleteNetworkInterface(cloud.call(), NetworkInterfaceId);
  await remove();
  await expect(read()).rejects.toMatchObject({
    name: 'InvalidGroup.NotFound',
    message: `The security group '${GroupId}' does not exist`,
  });
});

test('a group may refer to itself and still be deleted; the default group may not be', async () => {
  await allow([{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }]);
  await cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  const { SecurityGroups } = await cloud.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  const id = SecurityGroups?.[0]?.GroupId ?? '';
  await expect(cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }))).rejects.toMatchObject({
    name: 'CannotDelete',
    message: `the specified group: "${id}" name: "default" cannot be deleted by a user`,
  });
});
