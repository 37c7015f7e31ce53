import { randomUUID } from 'node:crypto';
import { DescribeTaskDefinitionCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import {
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PlannedAction } from '../../src/engine/events.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';

const secured = (redis: object = {}) => ({
  loadBalancer: { deregistrationDelay: 1, healthCheck: { interval: 5, timeout: 2 } },
  service: { healthCheckGracePeriod: 0, stopTimeout: 2, env: { DRAIN_SECONDS: '1' } },
  redis: { replicas: 1, authToken: true, encryption: { inTransit: true }, ...redis },
});

/** One stack whose Redis has a replica, TLS and a token, told in order. */
describe('Redis with a replica, encrypted, opened by a token', { timeout: 120_000 }, () => {
  let project: Project;
  let port: number;
  let settings: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** All that any command said. */
  let said = '';
  let token = '';

  async function run(...args: string[]): Promise<Result> {
    const result = await project.run(...args);
    said += result.stdout + result.stderr;
    return result;
  }

  beforeAll(async () => {
    project = await createProject();
    await project.configure(secured());
    const up = await run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    port = Number(new URL(up.stdout.trim()).port);
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    settings = { endpoint, region: 'local', credentials: { accessKeyId, secretAccessKey } };
    token = await tokenNow();
  }, 120_000);
  afterAll(() => project.close());

  async function tokenNow(): Promise<string> {
    const Name = '/chatops/chat/default/local/redis-auth-token';
    const answer = await new SSMClient(settings).send(
      new GetParameterCommand({ Name, WithDecryption: true }),
    );
    expect(answer.Parameter?.Type).toBe('SecureString');
    return answer.Parameter!.Value!;
  }

  /** Says something in a room, and reads it as somebody else who comes later. */
  async function chat(room: string): Promise<void> {
    const ann = await ChatClient.open(port);
    ann.send({ type: 'join', room });
    await ann.next('joined');
    const cid = randomUUID();
    ann.send({ type: 'send', room, cid, text: `hello ${cid}` });
    await ann.next('sent', { cid });
    const bob = await ChatClient.open(port, 'bob');
    bob.send({ type: 'join', room });
    expect(JSON.stringify(await bob.next('joined'))).toContain(`hello ${cid}`);
    ann.socket.close();
    bob.socket.close();
  }

  const unchanged = async () => {
    const plan = await run('plan', '--exit-code');
    expect(plan, plan.stdout + plan.stderr).toMatchObject({ code: 0 });
  };

  it('carries the chat, and is as the config asks', async () => {
    await chat('before');
    await unchanged();
  });

  it('fails over: the chat goes on, and nothing differs', async () => {
    const elasticache = new ElastiCacheClient(settings);
    const groups = async () =>
      (await elasticache.send(new DescribeReplicationGroupsCommand({}))).ReplicationGroups!;
    const [group] = await groups();
    const { ReplicationGroupId } = group!;
    await elasticache.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: '0001' }));
    const roles = (await groups())[0]!.NodeGroups![0]!.NodeGroupMembers!.map((node) => node.CurrentRole);
    expect(roles).toEqual(['replica', 'primary']);
    // Until the tasks have new connections, they say that they cannot take a message.
    await vi.waitFor(() => within(5000, chat(`after-${randomUUID()}`)), { timeout: 60_000, interval: 100 });
    await unchanged();
  });

  it('takes another token when it is asked to, and then no longer the one before', async () => {
    await project.configure(secured({ authTokenRotation: 2 }));
    const { stdout } = await run('plan', '--json');
    const { actions } = JSON.parse(stdout) as { actions: PlannedAction[] };
    const changed = actions.filter(({ action }) => action !== 'none').map(({ id }) => id);
    expect(changed.toSorted()).toEqual([
      'parameter-redis-auth-token',
      'parameter-redis-url',
      'redis-access',
      'replication-group',
      'service',
      'task-definition',
    ]);
    const up = await run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(await tokenNow()).not.toBe(token);
    await chat('rotated');
    await unchanged();
  });

  it('shows a token nowhere', async () => {
    const ecs = new ECSClient(settings);
    const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({}));
    const definitions = await Promise.all(
      taskDefinitionArns!.map((taskDefinition) =>
        ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition })),
      ),
    );
    const seen = said + JSON.stringify(definitions) + (await run('logs', '--since', '10m')).stdout;
    for (const secret of [token, await tokenNow()]) {
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      expect(seen).not.toContain(secret);
    }
  });

  it('takes a replica away in place, and goes down without a rest', async () => {
    await project.configure(secured({ authTokenRotation: 2, replicas: 0 }));
    const up = await run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    await chat('alone');
    await unchanged();
    const down = await run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
  });
});

/** Rejects when it takes longer, in milliseconds. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
