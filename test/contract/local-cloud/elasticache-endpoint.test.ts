import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeReplicationGroupsCommand,
  ModifyCacheParameterGroupCommand,
} from '@aws-sdk/client-elasticache';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import { createCacheRunner } from '../../../src/local-cloud/runtime/caches.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;
const alive = new Set<number>();
const clients: Redis[] = [];

beforeEach(async () => {
  const caches = createCacheRunner({
    path: process.env['PATH'] ?? '',
    keeper: { started: (pid) => void alive.add(pid), ended: (pid) => void alive.delete(pid) },
  });
  folder = await mkdtemp(join(tmpdir(), 'chatops-endpoint-'));
  cloud = await startLocalCloud({
    folder,
    dataPlane: {
      ...quietDataPlane(),
      addresses: createAddressPlan(),
      caches,
      close: () => caches.close(),
    },
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
  await cloud.elasticache.send(
    new CreateCacheParameterGroupCommand({
      CacheParameterGroupName: 'chat',
      CacheParameterGroupFamily: 'redis7',
      Description: 'chat',
    }),
  );
  await cloud.elasticache.send(
    new ModifyCacheParameterGroupCommand({
      CacheParameterGroupName: 'chat',
      ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }],
    }),
  );
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

function create(more: object = {}) {
  return cloud.elasticache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'chat',
      ReplicationGroupDescription: 'chat',
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheNodeType: 'cache.t4g.micro',
      CacheParameterGroupName: 'chat',
      CacheSubnetGroupName: 'chat',
      ...more,
    }),
  );
}

async function read() {
  const answer = await cloud.elasticache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'chat' }),
  );
  return answer.ReplicationGroups?.[0];
}

async function connect(which: 'PrimaryEndpoint' | 'ReaderEndpoint' = 'PrimaryEndpoint'): Promise<Redis> {
  const { Address = '', Port = 0 } = (await read())?.NodeGroups?.[0]?.[which] ?? {};
  const client = new Redis({ host: Address, port: Port, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

test('the primary endpoint is a real server with the parameters of the group, and ends with it', async () => {
  await create();
  expect((await read())?.Status).toBe('available');
  const redis = await connect();
  expect(await redis.ping()).toBe('PONG');
  expect(await redis.info('memory')).toContain('maxmemory_policy:noeviction');
  expect(alive.size).toBe(1);
  redis.disconnect();
  await cloud.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'chat' }));
  expect(alive.size).toBe(0);
  expect(await readdir(join(folder, 'caches', 'local'))).toEqual([]);
});

test('what is written to the primary endpoint is read at the reader endpoint, which takes no writes', async () => {
  await create({ NumCacheClusters: 2, AutomaticFailoverEnabled: true });
  const primary = await connect('PrimaryEndpoint');
  const reader = await connect('ReaderEndpoint');
  await primary.set('room', 'general');
  await vi.waitFor(async () => expect(await reader.get('room')).toBe('general'), { timeout: 10_000 });
  await expect(reader.set('room', 'other')).rejects.toThrow(/READONLY/);
  expect(alive.size).toBe(2);
});

test('a node that dies by itself is not called available until its replacement answers', async () => {
  await create();
  const redis = await connect();
  await redis.ping();
  const [pid = 0] = alive;
  const statuses = new Set<string | undefined>();
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(
    async () => {
      statuses.add((await read())?.Status);
      expect([...alive].some((other) => other !== pid)).toBe(true);
      expect((await read())?.Status).toBe('available');
    },
    { timeout: 10_000, interval: 5 },
  );
  expect([...statuses].filter((status) => status !== 'available' && status !== 'modifying')).toEqual([]);
  expect(await redis.ping()).toBe('PONG');
});

test('closing the cloud in the middle of a creation leaves no process', async () => {
  const creation = create().catch((error: unknown) => error);
  await vi.waitFor(() => expect(alive.size).toBe(1), { timeout: 10_000, interval: 1 });
  await cloud.cloud.dataPlane.close();
  await creation;
  expect(alive.size).toBe(0);
});
