import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { chatThrough, LOAD, MESSAGES } from '../helpers/chat-load.ts';
import type { Ordeal } from '../helpers/chat-load.ts';
import { until } from '../helpers/chat-node.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { contradictions, testimonyOf } from '../helpers/chat-witness.ts';
import { bundleLoadWorker } from '../helpers/load-worker.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import type { TcpProxy } from '../helpers/tcp-proxy.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

// The generator takes turns among the addresses of a name, and no name of this machine has several.
vi.mock('node:dns/promises');

// Two nodes on one port need two addresses, which other systems do not have by themselves.
const possible = hasRedis && process.platform === 'linux';
const roomCount = LOAD.clients / LOAD.roomSize;

describe.skipIf(!possible)('a fail-over under load, with real processes', { timeout: 90_000 }, () => {
  let worker: Awaited<ReturnType<typeof bundleLoadWorker>>;
  let primary: TestRedis;
  let replica: TestRedis;
  /** The way from the primary to its replica. */
  let replication: TcpProxy;
  /** The address that nodes know, as a replication group's primary endpoint. */
  let endpoint: TcpProxy;
  let nodes: ChatProcesses;
  let witnesses: ChatClient[];

  beforeAll(async () => void (worker = await bundleLoadWorker()));
  afterAll(() => worker.remove());
  beforeEach(async () => {
    witnesses = [];
    primary = await startRedis('--repl-diskless-sync-delay', '0');
    replication = await startTcpProxy(primary.port);
    replica = await startRedis(...replicaOf(replication.port), '--repl-diskless-sync-delay', '0');
    endpoint = await startTcpProxy(primary.port);
    await until(async () => /master_link_status:up/.test(await replica.client.info('replication')));
  });
  afterEach(async () => {
    await Promise.all(witnesses.map((witness) => witness.cut()));
    await nodes.stop();
    await Promise.all([endpoint.stop(), replication.stop()]);
    await Promise.all([primary.stop(), replica.stop()]);
  });

  async function startNodes(env: Record<string, string> = {}): Promise<void> {
    const generous = { MAX_ROOMS: '1000', RATE_LIMIT: '10000', RATE_BURST: '10000' };
    nodes = await startChatProcesses(2, `redis://127.0.0.1:${endpoint.port}`, {
      HEARTBEAT_MS: '1000',
      LOG_LEVEL: 'error',
      ...generous,
      ...env,
    });
    const addresses = nodes.hosts.map((address) => ({ address, family: 4 }));
    vi.mocked(lookup).mockResolvedValue(addresses as never);
  }

  /** Has people chat, and somebody on each node listen in all their rooms from before the harm on. */
  async function chat(what: string, harm: () => Promise<void>): Promise<Ordeal & { rooms: string[] }> {
    let rooms: string[] = [];
    const ordeal = await chatThrough(nodes, worker.program, what, async () => {
      const keys = await primary.client.keys('chat:{load-*}:head');
      rooms = keys.map((key) => /\{(.*)\}/.exec(key)![1]!);
      for (const host of nodes.hosts) {
        const witness = await ChatClient.open(nodes.port, 'witness', undefined, host);
        witnesses.push(witness);
        await Promise.all(rooms.map((room) => witness.join(room)));
      }
      await harm();
    });
    return { ...ordeal, rooms };
  }

  async function failOver(): Promise<void> {
    await primary.kill();
    await replica.client.call('REPLICAOF', 'NO', 'ONE');
    endpoint.leadTo(replica.port);
  }

  /** What the witnesses say of each room: nothing twice in an epoch, no gap, and one word about the change. */
  function expectTold(rooms: string[], reason: string): void {
    expect(rooms).toHaveLength(roomCount);
    for (const room of rooms) {
      const told = witnesses.map((witness) => testimonyOf(witness, room));
      expect(told.flatMap(({ problems }) => problems)).toEqual([]);
      expect(contradictions(room, told)).toEqual([]);
      expect(told.map(({ resets }) => resets.map((reset) => reset.reason))).toEqual([[reason], [reason]]);
      const [one, other] = told;
      expect(one!.resets).toEqual(other!.resets);
    }
  }

  /** On the wire of every client: everything acknowledged, nothing twice, nothing skipped without a word. */
  const everybodyTold = {
    clients: { joined: LOAD.clients },
    messages: {
      sent: MESSAGES,
      acknowledged: MESSAGES,
      duplicate: 0,
      outOfOrder: 0,
      lost: { undelivered: 0, unacknowledged: 0, absent: 0 },
    },
  };

  /** The acknowledged messages that no stream holds, by cid; throws when one is there twice. */
  async function lost(redis: TestRedis, rooms: string[], run: string): Promise<string[]> {
    const found = await Promise.all(
      rooms.map((room) => redis.client.xrange(`chat:{${room}}:stream`, '-', '+')),
    );
    const cids = found.flat().map(([, fields]) => /"cid":"([^"]+)"/.exec(fields.join(' '))![1]!);
    const kept = new Set(cids);
    expect(cids).toHaveLength(kept.size);
    const sent = Array.from({ length: MESSAGES }, (_, message) => `${run}-${message.toString(36)}`);
    return sent.filter((cid) => !kept.has(cid));
  }

  test('a replica that lags is promoted: what it did not have is lost, and everybody is told', async () => {
    await startNodes();
    const { result, rooms } = await chat('a lagging replica promoted', async () => {
      replication.hold();
      await delay(500);
      await failOver();
    });
    expect(result).toMatchObject(everybodyTold);
    expectTold(rooms, 'failover');
    const missing = await lost(replica, rooms, result.scenario.run);
    process.stdout.write(`  lost ${missing.length} of ${MESSAGES}: ${missing.slice(0, 5).join(' ')} …\n`);
    expect(missing.length).toBeGreaterThan(0);
    // Members whose last messages were taken back, by `reset`.
    expect(result.messages.lost.unrecovered).toBeGreaterThan(0);
  });

  test('with WAIT for one replica that follows, a fail-over loses nothing', async () => {
    await startNodes({ WAIT_REPLICAS: '1' });
    const { result, rooms } = await chat('a replica promoted, with WAIT', async () => {
      await failOver();
      // As a replaced node does; without a replica nothing counts as sent.
      await primary.start();
      await primary.client.call('REPLICAOF', '127.0.0.1', replica.port);
    });
    expect(result).toMatchObject(everybodyTold);
    expectTold(rooms, 'failover');
    expect(await lost(replica, rooms, result.scenario.run)).toEqual([]);
  });

  test('a restart without data: everybody begins anew, once', async () => {
    await startNodes();
    const { result, rooms } = await chat('a Redis restart without data', async () => {
      // The first replica that comes to a primary gives it a new history, which would be told, too.
      await replica.kill();
      await primary.kill();
      await primary.start();
    });
    expect(result).toMatchObject(everybodyTold);
    expectTold(rooms, 'history-lost');
  });
});

function replicaOf(port: number): string[] {
  return ['--replicaof', '127.0.0.1', String(port)];
}
