import { randomUUID } from 'node:crypto';
import {
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';
import { processesIn } from '../helpers/processes-in.ts';

const clustered = (shards: number) => ({
  loadBalancer: { deregistrationDelay: 1, healthCheck: { interval: 5, timeout: 2 } },
  service: { healthCheckGracePeriod: 0, stopTimeout: 2, env: { DRAIN_SECONDS: '1', WAIT_REPLICAS: '1' } },
  redis: {
    cluster: { shards },
    replicas: 1,
    durability: 'sync',
    version: '9.0',
    nodeType: 'cache.r7g.large',
  },
});

/** One stack whose Redis is a cluster with everything that durability asks for, told in order. */
describe('Redis as a cluster', { timeout: 120_000 }, () => {
  let project: Project;
  let port: number;
  let elasticache: ElastiCacheClient;

  beforeAll(async () => {
    project = await createProject();
    await project.configure(clustered(2));
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(up.stderr).toContain('note: redis.durability: on this machine "sync" is a setting only');
    port = Number(new URL(up.stdout.trim()).port);
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    elasticache = new ElastiCacheClient({
      endpoint,
      region: 'local',
      credentials: { accessKeyId, secretAccessKey },
    });
  }, 120_000);
  afterAll(() => project.close());

  const group = async () =>
    (await elasticache.send(new DescribeReplicationGroupsCommand({}))).ReplicationGroups![0]!;

  it('carries the chat in every shard, says so, and is as the config asks', async () => {
    await chat(port, roomsOf('before'));
    expect((await project.run('status', '--once')).stdout).toContain('4 nodes in 2 shards (available)');
    const plan = await project.run('plan', '--exit-code');
    expect(plan, plan.stdout).toMatchObject({ code: 0 });
    expect(await group()).toMatchObject({ EffectiveDurability: 'sync', TransitEncryptionEnabled: true });
  });

  it('takes another shard in place, with the rooms that move there', async () => {
    await project.configure(clustered(3));
    const plan = await project.run('plan');
    expect(plan.stdout).toMatch(/shards.*2.*3/);
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect((await group()).NodeGroups).toHaveLength(3);
    await vi.waitFor(() => chat(port, roomsOf(`resharded-${randomUUID().slice(0, 8)}`)), {
      timeout: 60_000,
      interval: 200,
    });
  });

  it('fails over shard by shard: the chat goes on, and nothing differs', async () => {
    const { ReplicationGroupId } = await group();
    for (const NodeGroupId of ['0001', '0003']) {
      await elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId }));
    }
    await vi.waitFor(() => chat(port, roomsOf(`after-${randomUUID().slice(0, 8)}`)), {
      timeout: 60_000,
      interval: 200,
    });
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
  });

  it('keeps cluster mode, unless it is told that the data may go', async () => {
    const { redis, ...others } = clustered(3);
    await project.configure({ ...others, redis: { version: redis.version, nodeType: redis.nodeType } });
    const refused = await project.run('up');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('--allow-replace replication-group');
  });

  it('goes down with all of its processes', async () => {
    expect((await processesIn(project.folder)).length).toBeGreaterThan(6);
    const down = await project.run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    await vi.waitFor(async () => expect(await processesIn(project.folder)).toEqual([]), { timeout: 10_000 });
  });
});

it(
  'a serverless cache, a cluster of one, carries the chat in all of its slots',
  { timeout: 120_000 },
  async () => {
    const project = await createProject();
    try {
      await project.configure({ ...clustered(1), redis: { mode: 'serverless' } });
      const up = await project.run('up');
      expect(up, up.stderr).toMatchObject({ code: 0 });
      await chat(Number(new URL(up.stdout.trim()).port), roomsOf('serverless'));
      expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    } finally {
      await project.close();
    }
  },
);

/** Says something in many rooms, which are on every shard, and reads it as somebody else who comes later. */
async function chat(port: number, rooms: string[]): Promise<void> {
  const ann = await ChatClient.open(port);
  const bob = await ChatClient.open(port, 'bob');
  try {
    for (const room of rooms) {
      const cid = randomUUID();
      ann.send({ type: 'join', room });
      await ann.next('joined', { room });
      ann.send({ type: 'send', room, cid, text: `hello ${cid}` });
      await ann.next('sent', { cid });
      bob.send({ type: 'join', room });
      expect(JSON.stringify(await bob.next('joined', { room }))).toContain(`hello ${cid}`);
    }
  } finally {
    ann.socket.close();
    bob.socket.close();
  }
}

const roomsOf = (name: string) => Array.from({ length: 8 }, (_, index) => `${name}-${index}`);
