import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { chatThrough, LOAD } from '../helpers/chat-load.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { bundleLoadWorker } from '../helpers/load-worker.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';

// The generator takes turns among the addresses of a name, and no name of this machine has several.
vi.mock('node:dns/promises');

// Two nodes on one port need two addresses, which other systems do not have by themselves.
const possible = hasRedis && process.platform === 'linux';

describe.skipIf(!possible)('under load, with real processes', { timeout: 60_000 }, () => {
  let worker: Awaited<ReturnType<typeof bundleLoadWorker>>;
  let redis: TestRedis;
  let nodes: ChatProcesses;

  beforeAll(async () => {
    worker = await bundleLoadWorker();
    redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
    nodes = await startChatProcesses(2, redis.url, { HEARTBEAT_MS: '1000', LOG_LEVEL: 'error' });
  });
  afterAll(async () => {
    await nodes.stop();
    await redis.stop();
    await worker.remove();
  });
  beforeEach(() => {
    const addresses = nodes.hosts.map((address) => ({ address, family: 4 }));
    vi.mocked(lookup).mockResolvedValue(addresses as never);
  });

  const chat = (what: string, harm: () => Promise<void>, durationMs = LOAD.durationMs) =>
    chatThrough(nodes, worker.program, what, harm, durationMs);

  const nothingLostIn = (durationMs: number) => {
    const messages = (LOAD.rate * durationMs) / 1000;
    const deliveries = messages * LOAD.roomSize;
    return {
      passed: true,
      clients: { joined: LOAD.clients },
      messages: {
        sent: messages,
        acknowledged: messages,
        delivered: deliveries,
        expected: deliveries,
        duplicate: 0,
        outOfOrder: 0,
      },
    };
  };
  const nothingLost = nothingLostIn(LOAD.durationMs);

  test('a node that is killed loses nothing', async () => {
    const { result } = await chat('a killed node', () => nodes.replace(0));
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBeGreaterThanOrEqual(LOAD.clients / 2);
  });

  test('a node that is frozen for longer than its clients wait loses nothing, before and after it thaws', async () => {
    const frozenMs = 10_000;
    const freeze = async () => {
      nodes.signal(0, 'SIGSTOP');
      await delay(frozenMs);
      nodes.signal(0, 'SIGCONT');
    };
    // People go on while it comes back.
    const durationMs = frozenMs + 2000;
    const { result } = await chat('a frozen node', freeze, durationMs);
    expect(result).toMatchObject(nothingLostIn(durationMs));
    expect(result.connections.resumed).toBeGreaterThanOrEqual(LOAD.clients / 2);
  });

  test('a Redis that is killed and comes back with its data loses nothing, and nobody is cut off', async () => {
    const { result } = await chat('a Redis restart with data', async () => {
      await redis.kill();
      await redis.start();
    });
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBe(0);
  });

  test('a Redis that hangs for a while loses nothing', async () => {
    const { result } = await chat('a hanging Redis', async () => {
      redis.pause();
      await delay(2000);
      redis.resume();
    });
    expect(result).toMatchObject(nothingLost);
  });

  test('a rolling deploy loses nothing', async () => {
    const deploy = async () => {
      for (const node of nodes.hosts.keys()) await nodes.deploy(node);
    };
    // Each node takes a good three seconds to send its clients to the other one.
    const durationMs = 2 * LOAD.durationMs;
    const { result } = await chat('a rolling deploy', deploy, durationMs);
    expect(result).toMatchObject(nothingLostIn(durationMs));
    expect(result.connections.resumed).toBeGreaterThanOrEqual(LOAD.clients);
  });

  test('connections that are all cut, again and again, lose nothing', async () => {
    const way = await startTcpProxy(nodes.port);
    vi.mocked(lookup).mockResolvedValue([{ address: '127.0.0.1', family: 4 }] as never);
    const behind = { ...nodes, hosts: ['127.0.0.1'], port: way.port };
    const cut = async () => {
      for (let times = 0; times < 3; times++) {
        way.leadTo(nodes.port);
        await delay(1000);
      }
    };
    const { result } = await chatThrough(behind, worker.program, 'connections cut three times', cut);
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBeGreaterThanOrEqual(LOAD.clients);
    await way.stop();
  });

  test('a reader that stalls is closed, and costs nobody else a message', async () => {
    const stall = async () => {
      const slow = await ChatClient.open(nodes.port, 'slow');
      await slow.join('loud');
      slow.socket.pause();
      // What the kernel takes for it, and a MiB.
      const loud = await Promise.all(Array.from({ length: 15 }, () => ChatClient.open(nodes.port, 'loud')));
      await Promise.all(loud.map((one) => speakUp(one)));
      slow.socket.resume();
      expect(await slow.closed).toBe(1013);
      await Promise.all(loud.map((one) => one.cut()));
    };
    const { result } = await chat('a stalled reader', stall);
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBe(0);
  });
});

/** Says as much at once as one may, and stays to hear none of it. */
async function speakUp(chat: ChatClient): Promise<void> {
  const text = '€'.repeat(4000);
  const cids = Array.from({ length: 90 }, (_, n) => `${chat.client}-${n}`);
  chat.send({ type: 'join', room: 'loud' });
  for (const cid of cids) chat.send({ type: 'send', room: 'loud', cid, text });
  chat.send({ type: 'leave', room: 'loud' });
  await chat.answer(cids.at(-1)!);
}
