import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  DecreaseReplicaCountCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  IncreaseReplicaCountCommand,
  ModifyCacheParameterGroupCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { Cluster } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import { createCacheRunner } from '../../../src/local-cloud/runtime/caches.ts';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;
const alive = new Map<number, string>();
const clients: Cluster[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-cluster-'));
  const caches = createCacheRunner({
    path: process.env['PATH'] ?? '',
    standIn: '',
    keeper: {
      started: (pid, name) => void alive.set(pid, name),
      ended: (pid) => void alive.delete(pid),
    },
    authority: createAuthority(),
    trustFile: join(folder, 'authority.pem'),
  });
  cloud = await startLocalCloud({
    folder,
    dataPlane: { ...quietDataPlane(), addresses: createAddressPlan(), caches, close: () => caches.close() },
  });
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24' }),
  );
  await cloud.elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName: 'chat',
      CacheSubnetGroupDescription: 'chat',
      SubnetIds: [Subnet?.SubnetId ?? ''],
    }),
  );
  for (const CacheParameterGroupFamily of ['valkey8', 'valkey9']) {
    const CacheParameterGroupName = CacheParameterGroupFamily;
    await cloud.elasticache.send(
      new CreateCacheParameterGroupCommand({
        CacheParameterGroupName,
        CacheParameterGroupFamily,
        Description: 'chat',
      }),
    );
    await switchCluster(CacheParameterGroupName, 'yes');
  }
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
  expect([...alive.values()]).toEqual([]);
});

function switchCluster(CacheParameterGroupName: string, ParameterValue: 'yes' | 'no') {
  return cloud.elasticache.send(
    new ModifyCacheParameterGroupCommand({
      CacheParameterGroupName,
      ParameterNameValues: [
        { ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' },
        { ParameterName: 'cluster-enabled', ParameterValue },
      ],
    }),
  );
}

const ReplicationGroupId = 'chat';
const ApplyImmediately = true;

function create(more: object = {}) {
  return cloud.elasticache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId,
      ReplicationGroupDescription: 'chat',
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheNodeType: 'cache.t4g.micro',
      CacheParameterGroupName: 'valkey8',
      CacheSubnetGroupName: 'chat',
      ClusterMode: 'enabled',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
      ...more,
    }),
  );
}

async function read() {
  const { ReplicationGroups } = await cloud.elasticache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
  );
  return ReplicationGroups![0]!;
}

const slots = async () => (await read()).NodeGroups!.map(({ NodeGroupId, Slots }) => [NodeGroupId, Slots]);

function reshard(NodeGroupCount: number, more: object = {}) {
  return cloud.elasticache.send(
    new ModifyReplicationGroupShardConfigurationCommand({
      ReplicationGroupId,
      NodeGroupCount,
      ApplyImmediately,
      ...more,
    }),
  );
}

/** As a task connects: it knows the configuration endpoint alone. */
async function connect(redisOptions: object = {}): Promise<Cluster> {
  const { Address: host = '', Port: port = 0 } = (await read()).ConfigurationEndpoint ?? {};
  const client = new Cluster([{ host, port }], {
    redisOptions,
    slotsRefreshTimeout: 5000,
    clusterRetryStrategy: () => 50,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    maxRedirections: 100,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

const rooms = Array.from({ length: 200 }, (_, index) => `room:{${index}}`);

async function write(client: Cluster): Promise<void> {
  for (const room of rooms) await client.xadd(room, '*', 'text', `hello ${room}`);
}

async function readAll(client: Cluster): Promise<string[]> {
  return Promise.all(rooms.map(async (room) => (await client.xrange(room, '-', '+'))[0]?.[1][1] ?? ''));
}

const allRead = rooms.map((room) => `hello ${room}`);

test('a cluster has its slots, replicas and an endpoint that tells of reachable nodes', async () => {
  await create();
  const group = await read();
  expect(group).toMatchObject({
    Status: 'available',
    ClusterEnabled: true,
    ClusterMode: 'enabled',
    AutomaticFailover: 'enabled',
    MemberClusters: ['chat-0001-001', 'chat-0001-002', 'chat-0002-001', 'chat-0002-002'],
  });
  expect(group.NodeGroups![0]).not.toHaveProperty('PrimaryEndpoint');
  expect(await slots()).toEqual([
    ['0001', '0-8191'],
    ['0002', '8192-16383'],
  ]);
  const client = await connect();
  await write(client);
  expect(await readAll(client)).toEqual(allRead);
  expect(client.nodes('master')).toHaveLength(2);
  // A replica is told of as soon as it is known to have something.
  await vi.waitFor(
    async () => {
      const nodes = (await client.cluster('SLOTS')).map(([, , ...all]) => all.map(([host]) => host));
      expect(new Set(nodes.flat()).size).toBe(4);
    },
    { timeout: 10_000, interval: 100 },
  );
  expect(await client.nodes('master')[0]!.info('memory')).toContain('maxmemory_policy:noeviction');
  const { CacheClusters } = await cloud.elasticache.send(new DescribeCacheClustersCommand({}));
  expect(CacheClusters).toHaveLength(4);
  expect(alive.size).toBe(4);
  await cloud.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId }));
  expect(alive.size).toBe(0);
  expect(await readdir(join(folder, 'caches', 'local'))).toEqual([]);
});

test('a shard fails over when it is told to and when its primary dies, and nothing that was replicated is lost', async () => {
  await create();
  const client = await connect();
  await write(client);
  const primary = async (key: string) => {
    const slot = await client.cluster('KEYSLOT', key);
    const ranges = await client.cluster('SLOTS');
    const [, , node] = ranges.find(([from, to]) => from <= slot && slot <= to)!;
    return node![0];
  };
  const [first, second] = [await primary('room:{0}'), await primary('room:{1}')];
  await cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: '0001' }));
  await cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: '0002' }));
  expect((await read()).Status).toBe('available');
  await vi.waitFor(async () => {
    expect(await primary('room:{0}')).not.toBe(first);
    expect(await primary('room:{1}')).not.toBe(second);
  });
  expect(await readAll(client)).toEqual(allRead);
  await expect(
    cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: '0003' })),
  ).rejects.toMatchObject({ name: 'NodeGroupNotFoundFault' });

  const held = await primary('room:{0}');
  const [pid] = [...alive].find(([, name]) => name.includes(held))!;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await primary('room:{0}')).not.toBe(held), {
    timeout: 15_000,
    interval: 100,
  });
  await vi.waitFor(async () => expect((await read()).Status).toBe('available'), { timeout: 10_000 });
  expect(await readAll(client)).toEqual(allRead);
  expect(await (await connect()).xlen('room:{0}')).toBe(1);
});

test('shards and replicas come and go while clients read and write', async () => {
  await create({ ReplicasPerNodeGroup: 0 });
  const client = await connect();
  await write(client);
  let written = 0;
  const stopping = new AbortController();
  const going = (async () => {
    while (!stopping.signal.aborted) {
      await client.incr(`room:{${written % 200}}:count`);
      written += 1;
    }
  })();

  await reshard(3);
  expect(await slots()).toEqual([
    ['0001', '0-5461'],
    ['0002', '8192-13652'],
    ['0003', '5462-8191,13653-16383'],
  ]);
  await cloud.elasticache.send(
    new IncreaseReplicaCountCommand({ ReplicationGroupId, NewReplicaCount: 1, ApplyImmediately }),
  );
  expect((await read()).MemberClusters).toHaveLength(6);
  await cloud.elasticache.send(
    new DecreaseReplicaCountCommand({ ReplicationGroupId, NewReplicaCount: 0, ApplyImmediately }),
  );
  await expect(reshard(1)).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
  await reshard(1, { NodeGroupsToRetain: ['0002'] });
  expect(await slots()).toEqual([['0002', '0-16383']]);
  stopping.abort();
  await going;
  const counts = await Promise.all(rooms.map((_, index) => client.get(`room:{${index}}:count`)));
  expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(written);
  expect(written).toBeGreaterThan(0);
  expect(await readAll(client)).toEqual(allRead);
  expect(alive.size).toBe(1);
  expect(await readAll(await connect())).toEqual(allRead);
}, 60_000);

test('with encryption and a token, nodes are joined, resharded and moved to another token', async () => {
  const AuthToken = 'a'.repeat(32);
  await create({ TransitEncryptionEnabled: true, AuthToken });
  const tls = { ca: await readFile(join(folder, 'authority.pem')) };
  const client = await connect({ tls, password: AuthToken });
  await write(client);
  await reshard(3);
  expect(await readAll(client)).toEqual(allRead);
  const another = 'b'.repeat(32);
  await cloud.elasticache.send(
    new ModifyReplicationGroupCommand({
      ReplicationGroupId,
      AuthToken: another,
      AuthTokenUpdateStrategy: 'ROTATE',
      ApplyImmediately,
    }),
  );
  expect(await readAll(await connect({ tls, password: another }))).toEqual(allRead);
  await cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: '0001' }));
  expect(await readAll(await connect({ tls, password: another }))).toEqual(allRead);
}, 60_000);

test('refuses what ElastiCache refuses', async () => {
  const refused = { name: 'InvalidParameterCombinationException' };
  await expect(create({ AutomaticFailoverEnabled: false })).rejects.toMatchObject(refused);
  await expect(create({ ClusterMode: 'disabled', NumNodeGroups: 1 })).rejects.toMatchObject(refused);
  await expect(create({ CacheParameterGroupName: 'default.valkey8' })).rejects.toMatchObject(refused);
  await expect(create({ NumNodeGroups: 501 })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  });
  await expect(create({ Durability: 'sync' })).rejects.toThrow(
    'Durability sync requires Valkey 9.0 or later, another node type, Multi-AZ with a replica in each shard, encryption in transit.',
  );
  expect(alive.size).toBe(0);

  const durable = {
    EngineVersion: '9.0',
    CacheParameterGroupName: 'valkey9',
    CacheNodeType: 'cache.r7g.large',
    MultiAZEnabled: true,
    TransitEncryptionEnabled: true,
    Durability: 'sync',
    NumNodeGroups: 1,
  };
  await create(durable);
  expect(await read()).toMatchObject({
    Durability: 'sync',
    EffectiveDurability: 'sync',
    AtRestEncryptionEnabled: true,
  });
  const change = (more: object) =>
    cloud.elasticache.send(
      new ModifyReplicationGroupCommand({ ReplicationGroupId, ApplyImmediately, ...more }),
    );
  await change({ Durability: 'async' });
  expect(await read()).toMatchObject({ EffectiveDurability: 'async' });
  await expect(change({ Durability: 'disabled' })).rejects.toMatchObject(refused);
  await expect(change({ ClusterMode: 'disabled' })).rejects.toMatchObject(refused);
  await expect(change({ CacheParameterGroupName: 'default.valkey9' })).rejects.toMatchObject(refused);
  await expect(reshard(1)).rejects.toMatchObject(refused);
  await expect(switchCluster('valkey9', 'no')).rejects.toMatchObject({
    name: 'InvalidCacheParameterGroupStateFault',
  });
});
