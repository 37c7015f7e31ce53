import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { chatThrough, LOAD } from '../helpers/chat-load.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { bundleLoadWorker } from '../helpers/load-worker.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

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
});
