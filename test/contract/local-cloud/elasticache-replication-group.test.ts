import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddTagsToResourceCommand,
  CacheClusterNotFoundFault,
  CacheParameterGroupNotFoundFault,
  CacheSubnetGroupInUse,
  CacheSubnetGroupNotFoundFault,
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  DeleteCacheParameterGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  InvalidCacheParameterGroupStateFault,
  InvalidParameterCombinationException,
  InvalidParameterValueException,
  InvalidReplicationGroupStateFault,
  ListTagsForResourceCommand,
  ModifyCacheParameterGroupCommand,
  ModifyCacheSubnetGroupCommand,
  ModifyReplicationGroupCommand,
  ReplicationGroupAlreadyExistsFault,
  ReplicationGroupNotFoundFault,
  SnapshotFeatureNotSupportedFault,
  SubnetInUse,
  type CreateReplicationGroupCommandInput,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloudClock } from '../../../src/local-cloud/clock.ts';
import { realClock } from '../../../src/local-cloud/clock.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let vpc: string;
let subnets: string[];
let redisGroup: string;

async function begin(options: Parameters<typeof startLocalCloud>[0] = {}): Promise<void> {
  cloud = await startLocalCloud(options);
  vpc = (await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? '';
  subnets = await Promise.all(
    ['a', 'b'].map(async (zone, index) => {
      const made = await cloud.ec2.send(
        new CreateSubnetCommand({
          VpcId: vpc,
          CidrBlock: `10.0.${index}.0/24`,
          AvailabilityZone: `local${zone}`,
        }),
      );
      return made.Subnet?.SubnetId ?? '';
    }),
  );
  redisGroup = await createSecurityGroup('redis');
  await cloud.elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName: 'chat',
      CacheSubnetGroupDescription: 'chat',
      SubnetIds: subnets,
    }),
  );
  await cloud.elasticache.send(
    new CreateCacheParameterGroupCommand({
      CacheParameterGroupName: 'chat',
      CacheParameterGroupFamily: 'valkey8',
      Description: 'chat',
    }),
  );
}

beforeEach(() => begin());
afterEach(() => cloud.close());

async function createSecurityGroup(GroupName: string): Promise<string> {
  const made = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName, Description: GroupName }),
  );
  return made.GroupId ?? '';
}

function create(more: Partial<CreateReplicationGroupCommandInput> = {}) {
  return cloud.elasticache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'chat',
      ReplicationGroupDescription: 'streams of the chat',
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheNodeType: 'cache.t4g.micro',
      NumCacheClusters: 1,
      CacheParameterGroupName: 'chat',
      CacheSubnetGroupName: 'chat',
      SecurityGroupIds: [redisGroup],
      Tags: [{ Key: 'chatops:id', Value: 'redis' }],
      ...more,
    }),
  );
}

function modify(more: Partial<ModifyReplicationGroupCommandInput>) {
  return cloud.elasticache.send(
    new ModifyReplicationGroupCommand({ ReplicationGroupId: 'chat', ApplyImmediately: true, ...more }),
  );
}

function remove(more: object = {}) {
  return cloud.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'chat', ...more }));
}

async function read(ReplicationGroupId = 'chat') {
  const answer = await cloud.elasticache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
  return answer.ReplicationGroups?.[0];
}

async function members() {
  const answer = await cloud.elasticache.send(new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true }));
  return answer.CacheClusters ?? [];
}

async function interfaces() {
  const answer = await cloud.ec2.send(new DescribeNetworkInterfacesCommand({}));
  return answer.NetworkInterfaces ?? [];
}

test('a replication group is created, found in lower case, and deleted with all that was its own', async () => {
  const { ReplicationGroup } = await create({ ReplicationGroupId: 'Chat' });
  expect(ReplicationGroup).toMatchObject({
    ReplicationGroupId: 'chat',
    Status: 'creating',
    MemberClusters: ['chat-001'],
  });
  expect(await read('CHAT')).toMatchObject({
    ReplicationGroupId: 'chat',
    Description: 'streams of the chat',
    Status: 'available',
    ARN: 'arn:aws:elasticache:local:000000000000:replicationgroup:chat',
    CacheNodeType: 'cache.t4g.micro',
    AutomaticFailover: 'disabled',
    MultiAZ: 'disabled',
    ClusterEnabled: false,
    AtRestEncryptionEnabled: false,
    TransitEncryptionEnabled: false,
    AuthTokenEnabled: false,
    AutoMinorVersionUpgrade: true,
    SnapshotRetentionLimit: 0,
    NodeGroups: [
      {
        NodeGroupId: '0001',
        Status: 'available',
        PrimaryEndpoint: { Address: expect.stringMatching(/^127\./), Port: 6379 },
        NodeGroupMembers: [{ CacheClusterId: 'chat-001', CurrentRole: 'primary' }],
      },
    ],
  });
  expect(await members()).toMatchObject([
    {
      CacheClusterId: 'chat-001',
      ReplicationGroupId: 'chat',
      CacheClusterStatus: 'available',
      Engine: 'valkey',
      EngineVersion: '8.0.1',
      CacheSubnetGroupName: 'chat',
      CacheParameterGroup: { CacheParameterGroupName: 'chat', ParameterApplyStatus: 'in-sync' },
      SecurityGroups: [{ SecurityGroupId: redisGroup, Status: 'active' }],
      CacheNodes: [{ CacheNodeId: '0001', CacheNodeStatus: 'available', Endpoint: { Port: 6379 } }],
    },
  ]);
  expect(await interfaces()).toMatchObject([
    {
      SubnetId: subnets[0],
      RequesterId: 'amazon-elasticache',
      Description: 'ElastiCache chat-001',
      Groups: [{ GroupId: redisGroup }],
    },
  ]);
  expect((await remove()).ReplicationGroup?.Status).toBe('deleting');
  await expect(read()).rejects.toThrow(ReplicationGroupNotFoundFault);
  await expect(read()).rejects.toThrow('ReplicationGroup chat not found.');
  expect(await members()).toEqual([]);
  expect(await interfaces()).toEqual([]);
});

test('nodes are spread over the zones of the subnet group', async () => {
  await create({ NumCacheClusters: 3, AutomaticFailoverEnabled: true, MultiAZEnabled: true });
  const group = await read();
  expect(group).toMatchObject({ AutomaticFailover: 'enabled', MultiAZ: 'enabled' });
  const nodes = group?.NodeGroups?.[0]?.NodeGroupMembers ?? [];
  expect(
    nodes.map((node) => [node.CacheClusterId, node.CurrentRole, node.PreferredAvailabilityZone]),
  ).toEqual([
    ['chat-001', 'primary', 'locala'],
    ['chat-002', 'replica', 'localb'],
    ['chat-003', 'replica', 'locala'],
  ]);
  const one = await cloud.elasticache.send(new DescribeCacheClustersCommand({ CacheClusterId: 'chat-002' }));
  expect(one.CacheClusters).toHaveLength(1);
  expect(one.CacheClusters?.[0]?.CacheNodes ?? []).toEqual([]);
  await expect(
    cloud.elasticache.send(new DescribeCacheClustersCommand({ CacheClusterId: 'chat-009' })),
  ).rejects.toThrow(CacheClusterNotFoundFault);
});

test('what is changed is changed, and nothing else', async () => {
  await create();
  const before = await read();
  const other = await createSecurityGroup('other');
  await modify({
    SecurityGroupIds: [other],
    SnapshotRetentionLimit: 3,
    PreferredMaintenanceWindow: 'Sun:03:00-sun:04:00',
    CacheNodeType: 'cache.t4g.small',
    AutoMinorVersionUpgrade: false,
  });
  expect(await read()).toEqual({
    ...before,
    SnapshotRetentionLimit: 3,
    CacheNodeType: 'cache.t4g.small',
    AutoMinorVersionUpgrade: false,
  });
  expect(await members()).toMatchObject([
    { PreferredMaintenanceWindow: 'sun:03:00-sun:04:00', SecurityGroups: [{ SecurityGroupId: other }] },
  ]);
  expect(await interfaces()).toMatchObject([{ Groups: [{ GroupId: other }] }]);
  await cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId: redisGroup }));
});

test('node type and engine version wait for the maintenance window unless they are to be applied at once', async () => {
  await create();
  await modify({ ApplyImmediately: false, CacheNodeType: 'cache.t4g.small', EngineVersion: '8.1' });
  expect(await members()).toMatchObject([
    {
      CacheNodeType: 'cache.t4g.micro',
      EngineVersion: '8.0.1',
      PendingModifiedValues: { CacheNodeType: 'cache.t4g.small', EngineVersion: '8.1.0' },
    },
  ]);
  await modify({ CacheNodeType: 'cache.t4g.small', EngineVersion: '8.1' });
  expect(await members()).toMatchObject([{ CacheNodeType: 'cache.t4g.small', EngineVersion: '8.1.0' }]);
});

test('redis can become valkey; no engine goes back', async () => {
  await create({ Engine: 'redis', EngineVersion: '7.1', CacheParameterGroupName: undefined });
  await modify({ Engine: 'valkey', EngineVersion: '8.0' });
  expect(await members()).toMatchObject([
    {
      Engine: 'valkey',
      EngineVersion: '8.0.1',
      CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
    },
  ]);
  for (const older of [{ EngineVersion: '7.2' }, { Engine: 'redis', EngineVersion: '7.1' }]) {
    await expect(modify({ ...older, CacheParameterGroupName: undefined })).rejects.toThrow(
      InvalidParameterCombinationException,
    );
  }
});

test('parameters that were set after the start wait for a reboot, and say so', async () => {
  await create();
  await cloud.elasticache.send(
    new ModifyCacheParameterGroupCommand({
      CacheParameterGroupName: 'chat',
      ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }],
    }),
  );
  expect(await members()).toMatchObject([
    { CacheParameterGroup: { ParameterApplyStatus: 'pending-reboot' } },
  ]);
});

test('what is in use by a replication group cannot be deleted', async () => {
  await create();
  const ofSubnets = { CacheSubnetGroupName: 'chat' };
  await expect(cloud.elasticache.send(new DeleteCacheSubnetGroupCommand(ofSubnets))).rejects.toThrow(
    CacheSubnetGroupInUse,
  );
  await expect(
    cloud.elasticache.send(
      new ModifyCacheSubnetGroupCommand({ ...ofSubnets, SubnetIds: [subnets[1] ?? ''] }),
    ),
  ).rejects.toThrow(SubnetInUse);
  await expect(
    cloud.elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: 'chat' })),
  ).rejects.toThrow(InvalidCacheParameterGroupStateFault);
  await expect(cloud.ec2.send(new DeleteSubnetCommand({ SubnetId: subnets[0] }))).rejects.toMatchObject({
    name: 'DependencyViolation',
  });
  await expect(cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId: redisGroup }))).rejects.toMatchObject(
    { name: 'DependencyViolation' },
  );
  await remove();
  await cloud.elasticache.send(new DeleteCacheSubnetGroupCommand(ofSubnets));
  await cloud.elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: 'chat' }));
  await cloud.ec2.send(new DeleteSubnetCommand({ SubnetId: subnets[0] }));
  await cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId: redisGroup }));
});

test('an id is taken once, in any case', async () => {
  await create();
  await expect(create({ ReplicationGroupId: 'CHAT' })).rejects.toThrow(ReplicationGroupAlreadyExistsFault);
});

const value = InvalidParameterValueException;
const combination = InvalidParameterCombinationException;
const token = 'a-token-of-32-characters-0123456';

test.each<[string, Partial<CreateReplicationGroupCommandInput>, new (...args: never[]) => Error]>([
  ['an id with two hyphens', { ReplicationGroupId: 'chat--a' }, value],
  ['an id that ends with a hyphen', { ReplicationGroupId: 'chat-' }, value],
  ['an id that begins with a digit', { ReplicationGroupId: '1chat' }, value],
  ['an id of 41 characters', { ReplicationGroupId: 'c'.repeat(41) }, value],
  ['an unknown engine', { Engine: 'memcached' }, value],
  ['an unknown version', { EngineVersion: '8.9' }, combination],
  ["the other engine's version", { EngineVersion: '7.1' }, combination],
  ['no node type', { CacheNodeType: 'micro' }, value],
  ['an unknown parameter group', { CacheParameterGroupName: 'nothing' }, CacheParameterGroupNotFoundFault],
  ['a parameter group of another family', { CacheParameterGroupName: 'default.redis7' }, combination],
  ['an unknown subnet group', { CacheSubnetGroupName: 'nothing' }, CacheSubnetGroupNotFoundFault],
  ['an unknown security group', { SecurityGroupIds: ['sg-00000000000000000'] }, value],
  ['no node', { NumCacheClusters: 0 }, value],
  ['seven nodes', { NumCacheClusters: 7 }, value],
  ['fail-over of one node', { AutomaticFailoverEnabled: true }, combination],
  ['Multi-AZ without fail-over', { NumCacheClusters: 2, MultiAZEnabled: true }, combination],
  ['a token without encryption in transit', { AuthToken: token }, combination],
  ['a short token', { AuthToken: 'short', TransitEncryptionEnabled: true }, value],
  ['a token with a slash', { AuthToken: `${token}/`, TransitEncryptionEnabled: true }, value],
  ['a retention of 36 days', { SnapshotRetentionLimit: 36 }, value],
  ['a window that is none', { PreferredMaintenanceWindow: 'sunday night' }, value],
  ['cluster mode', { NumNodeGroups: 2 }, combination],
  ['a patch level', { EngineVersion: '8.0.1' }, value],
  ['a maintenance window of half an hour', { PreferredMaintenanceWindow: 'sun:03:00-sun:03:30' }, value],
])('a replication group with %s is refused, and nothing of it is left', async (_what, wrong, fault) => {
  await expect(create(wrong)).rejects.toThrow(fault);
  const { ReplicationGroups } = await cloud.elasticache.send(new DescribeReplicationGroupsCommand({}));
  expect(ReplicationGroups ?? []).toEqual([]);
  expect(await interfaces()).toEqual([]);
});

test('a token is taken with encryption in transit, and never told again', async () => {
  await create({ AuthToken: token, TransitEncryptionEnabled: true, AtRestEncryptionEnabled: true });
  const group = await read();
  expect(group).toMatchObject({
    AuthTokenEnabled: true,
    TransitEncryptionEnabled: true,
    TransitEncryptionMode: 'required',
    AtRestEncryptionEnabled: true,
  });
  expect(JSON.stringify([group, await members(), [...cloud.cloud.states]])).not.toContain(token);
});

test('without a server on this machine, what the stand-in has not is refused with that one reason, and nothing is left', async () => {
  await cloud.close();
  const dataPlane = quietDataPlane();
  dataPlane.caches.engine = async () => ({ name: 'stand-in', version: '', command: 'node', args: [] });
  await begin({ dataPlane });
  await expect(create({ NumCacheClusters: 2, TransitEncryptionEnabled: true })).rejects.toMatchObject({
    name: 'ChatopsNoRedis',
    message:
      'no redis-server or valkey-server on PATH, and the stand-in has no replicas, no encryption in transit',
    $metadata: { httpStatusCode: 400 },
  });
  await expect(read()).rejects.toThrow(ReplicationGroupNotFoundFault);
  expect(await interfaces()).toEqual([]);
});

test('when the second node does not start, the first one and every address are given back', async () => {
  await cloud.close();
  const dataPlane = quietDataPlane();
  const claimed = new Set<string>();
  dataPlane.addresses = {
    async claim(port) {
      const host = `127.0.0.${10 + claimed.size}`;
      claimed.add(host);
      return { host, port };
    },
    release: (host) => void claimed.delete(host),
  };
  let running = 0;
  dataPlane.caches.start = async ({ replicaOf }) => {
    if (replicaOf !== undefined) throw new Error('out of memory');
    running += 1;
    return { pid: 1, change: async () => undefined, stop: async () => void (running -= 1) };
  };
  await begin({ dataPlane });
  await expect(create({ NumCacheClusters: 2 })).rejects.toMatchObject({
    name: 'ChatopsCacheNodeFailed',
    message: 'the cache server does not start: out of memory',
  });
  expect([running, claimed.size, (await interfaces()).length]).toEqual([0, 0, 0]);
  await expect(read()).rejects.toThrow(ReplicationGroupNotFoundFault);
});

test('with the latencies of AWS it is creating, available, modifying, deleting, and in between refuses what AWS refuses', async () => {
  await cloud.close();
  let now = Date.now();
  const clock: CloudClock = { ...realClock('aws'), now: () => now };
  await begin({ clock });
  await create();
  const ResourceName = 'arn:aws:elasticache:local:000000000000:replicationgroup:chat';
  const tags = () => cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName }));
  const refused = async () => {
    await expect(modify({ SnapshotRetentionLimit: 1 })).rejects.toThrow(InvalidReplicationGroupStateFault);
    await expect(remove()).rejects.toThrow(/has status \w+ which is not valid for deletion/);
    await expect(tags()).rejects.toThrow('Cluster not in available state to perform tagging operations.');
    await expect(
      cloud.elasticache.send(
        new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'a', Value: 'b' }] }),
      ),
    ).rejects.toThrow(InvalidReplicationGroupStateFault);
  };
  const creating = await read();
  expect(creating?.Status).toBe('creating');
  expect(creating?.NodeGroups ?? []).toEqual([]);
  await refused();
  now += 419_000;
  expect((await read())?.Status).toBe('creating');
  now += 1000;
  expect((await read())?.Status).toBe('available');
  expect((await tags()).TagList).toEqual([{ Key: 'chatops:id', Value: 'redis' }]);
  await modify({ SnapshotRetentionLimit: 1 });
  expect((await read())?.Status).toBe('modifying');
  await refused();
  now += 60_000;
  expect((await read())?.Status).toBe('available');
  await remove();
  expect((await read())?.Status).toBe('deleting');
  await refused();
  expect(await interfaces()).toHaveLength(1);
  now += 300_000;
  await expect(read()).rejects.toThrow(ReplicationGroupNotFoundFault);
  expect(await interfaces()).toEqual([]);
});

test('while the process of a node is being replaced, neither the node nor its group is called available', async () => {
  await cloud.close();
  const dataPlane = quietDataPlane();
  const node = { pid: 1, answers: true, change: async () => undefined, stop: async () => undefined };
  dataPlane.caches.start = async () => node;
  await begin({ dataPlane });
  await create();
  const statuses = async () => [
    (await read())?.Status,
    (await members())[0]?.CacheClusterStatus,
    (await members())[0]?.CacheNodes?.[0]?.CacheNodeStatus,
  ];
  expect(await statuses()).toEqual(['available', 'available', 'available']);
  node.answers = false;
  expect(await statuses()).toEqual(['modifying', 'rebooting cluster nodes', 'rebooting cluster nodes']);
  node.answers = true;
  expect(await statuses()).toEqual(['available', 'available', 'available']);
});

test('snapshots are refused, not promised', async () => {
  await create();
  await expect(remove({ FinalSnapshotIdentifier: 'last' })).rejects.toThrow(SnapshotFeatureNotSupportedFault);
  expect((await read())?.Status).toBe('available');
});
