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
  DescribeReplicationGroupsCommand,
  IncreaseReplicaCountCommand,
  ModifyCacheParameterGroupCommand,
  ModifyReplicationGroupCommand,
  TestFailoverCommand,
  TestFailoverNotAvailableFault,
} from '@aws-sdk/client-elasticache';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import { createCacheRunner } from '../../../src/local-cloud/runtime/caches.ts';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let folder: string;
const alive = new Set<number>();
const clients: Redis[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-endpoint-'));
  const caches = createCacheRunner({
    path: process.env['PATH'] ?? '',
    standIn: '',
    keeper: { started: (pid) => void alive.add(pid), ended: (pid) => void alive.delete(pid) },
    authority: createAuthority(),
    trustFile: join(folder, 'authority.pem'),
  });
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

test('a fail-over moves the primary endpoint for new connections; old ones stay and get READONLY', async () => {
  await create({ NumCacheClusters: 3, AutomaticFailoverEnabled: true });
  const old = await connect();
  await old.set('room', 'general');
  await old.wait(2, 5000);
  const before = await read();
  await cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId: 'chat', NodeGroupId: '0001' }));
  await expect(old.set('room', 'old')).rejects.toThrow(/READONLY/);
  const fresh = await connect();
  expect(await fresh.get('room')).toBe('general');
  await fresh.set('room', 'new');
  expect(await fresh.wait(2, 10_000)).toBe(2);
  expect(await old.get('room')).toBe('new');

  const after = await read();
  expect(after?.NodeGroups?.[0]?.PrimaryEndpoint).toEqual(before?.NodeGroups?.[0]?.PrimaryEndpoint);
  const roles = (group: typeof after) =>
    group?.NodeGroups?.[0]?.NodeGroupMembers?.map(({ CurrentRole }) => CurrentRole);
  expect(roles(before)).toEqual(['primary', 'replica', 'replica']);
  expect(roles(after)).toEqual(['replica', 'primary', 'replica']);
});

test('a primary that dies is followed by a replica, with what was written', async () => {
  await create({ NumCacheClusters: 2, AutomaticFailoverEnabled: true });
  const redis = await connect();
  await redis.set('room', 'general');
  await redis.wait(1, 5000);
  const [pid = 0] = alive;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await redis.get('room')).toBe('general'), { timeout: 10_000 });
  await redis.set('room', 'lobby');
  await vi.waitFor(async () => expect((await read())?.Status).toBe('available'), { timeout: 10_000 });
  const reader = await connect('ReaderEndpoint');
  await vi.waitFor(async () => expect(await reader.get('room')).toBe('lobby'), { timeout: 10_000 });
  expect(alive.size).toBe(2);
});

describe('encryption in transit', () => {
  const token = 'x'.repeat(64);

  async function secure(more: object = {}): Promise<Redis> {
    const { Address = '', Port = 0 } = (await read())?.NodeGroups?.[0]?.PrimaryEndpoint ?? {};
    const ca = await readFile(join(folder, 'authority.pem'), 'utf8');
    const client = new Redis({ host: Address, port: Port, tls: { ca }, retryStrategy: () => 50, ...more });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  const modify = (change: object) =>
    cloud.elasticache.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: 'chat',
        ApplyImmediately: true,
        ...change,
      }),
    );

  test('is required of everybody, and stays so over a fail-over', async () => {
    await create({ TransitEncryptionEnabled: true, NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    const redis = await secure();
    await redis.set('room', 'general');
    expect(await redis.wait(1, 10_000)).toBe(1);
    const plain = new Redis({ host: redis.options.host!, port: redis.options.port!, retryStrategy: null });
    plain.on('error', () => undefined);
    clients.push(plain);
    await expect(plain.ping()).rejects.toThrow();
    await cloud.elasticache.send(
      new TestFailoverCommand({ ReplicationGroupId: 'chat', NodeGroupId: '0001' }),
    );
    const fresh = await secure();
    expect(await fresh.get('room')).toBe('general');
    await fresh.set('room', 'lobby');
  });

  test('comes and goes by way of preferred, while clients of both kinds are served', async () => {
    await create({ NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    const plain = await connect();
    await plain.set('room', 'general');
    await expect(
      modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'required' }),
    ).rejects.toThrow(/preferred first/);
    await modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' });
    expect(await plain.get('room')).toBe('general');
    const encrypted = await secure();
    expect(await encrypted.get('room')).toBe('general');
    expect(await (await connect()).get('room')).toBe('general');
    await modify({ TransitEncryptionMode: 'required', TransitEncryptionEnabled: true });
    expect(await (await secure()).get('room')).toBe('general');
    await vi.waitFor(
      async () => expect(await (await secure()).info('replication')).toContain('state=online'),
      { timeout: 10_000 },
    );
    expect(await read()).toMatchObject({ TransitEncryptionMode: 'required', Status: 'available' });
  });

  test('carries a token that is rotated while clients with the one before go on', async () => {
    await create({ TransitEncryptionEnabled: true, AuthToken: token });
    const old = await secure({ password: token });
    await old.set('room', 'general');
    await expect((await secure()).ping()).rejects.toThrow(/NOAUTH/);
    const next = 'y'.repeat(64);
    await modify({ AuthToken: next, AuthTokenUpdateStrategy: 'ROTATE' });
    expect(await (await secure({ password: next })).get('room')).toBe('general');
    expect(await (await secure({ password: token })).get('room')).toBe('general');
    await modify({ AuthToken: next, AuthTokenUpdateStrategy: 'SET' });
    expect(await old.get('room')).toBe('general');
    await expect((await secure({ password: token, retryStrategy: null })).ping()).rejects.toThrow(
      /WRONGPASS|NOAUTH/,
    );
    const told = JSON.stringify(await read());
    expect(told).not.toContain(token);
    expect(told).not.toContain(next);
  });
});

test('replicas come and go while clients stay', async () => {
  await create();
  const redis = await connect();
  await redis.set('room', 'general');
  const request = { ReplicationGroupId: 'chat', ApplyImmediately: true };
  await cloud.elasticache.send(new IncreaseReplicaCountCommand({ ...request, NewReplicaCount: 2 }));
  expect(await redis.wait(2, 10_000)).toBe(2);
  expect((await read())?.MemberClusters).toEqual(['chat-001', 'chat-002', 'chat-003']);
  await cloud.elasticache.send(new DecreaseReplicaCountCommand({ ...request, NewReplicaCount: 0 }));
  expect((await read())?.MemberClusters).toEqual(['chat-001']);
  expect(await redis.get('room')).toBe('general');
  expect(alive.size).toBe(1);
  await expect(
    cloud.elasticache.send(new TestFailoverCommand({ ReplicationGroupId: 'chat', NodeGroupId: '0001' })),
  ).rejects.toThrow(TestFailoverNotAvailableFault);
});

test('closing the cloud in the middle of a creation leaves no process', async () => {
  const creation = create().catch((error: unknown) => error);
  await vi.waitFor(() => expect(alive.size).toBe(1), { timeout: 10_000, interval: 1 });
  await cloud.cloud.dataPlane.close();
  await creation;
  expect(alive.size).toBe(0);
});
