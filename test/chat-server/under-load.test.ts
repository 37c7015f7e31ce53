import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runLoad } from '../../src/load/coordinator.ts';
import type { LoadResult } from '../../src/load/result.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { bundleLoadWorker } from '../helpers/load-worker.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

// The generator takes turns among the addresses of a name, and no name of this machine has several.
vi.mock('node:dns/promises');

// Two nodes on one port need two addresses, which other systems do not have by themselves.
const possible = hasRedis && process.platform === 'linux';
const clients = 120;

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

  /** Has people chat for five seconds, and does harm once they do. */
  async function chat(harm: () => Promise<void>): Promise<LoadResult> {
    let harmed: Promise<void> | undefined;
    const result = await runLoad({
      target: { tls: false, host: 'nodes.test', hostname: 'nodes.test', port: nodes.port, path: '/ws' },
      clients,
      roomSize: 20,
      rate: 60,
      rampUpMs: 500,
      durationMs: 5000,
      workers: 1,
      settleMs: 20_000,
      program: worker.program,
      signal: new AbortController().signal,
      onProgress: ({ stage, delivered }) => {
        if (stage === 'sending' && delivered > 0) harmed ??= harm();
      },
    });
    expect(harmed).toBeDefined();
    await harmed;
    return result;
  }

  const nothingLost = {
    passed: true,
    clients: { joined: clients },
    messages: { sent: 300, acknowledged: 300, delivered: 6000, expected: 6000, duplicate: 0, outOfOrder: 0 },
  };

  test('a node that is killed loses nothing', async () => {
    const result = await chat(() => nodes.replace(0));
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBeGreaterThanOrEqual(clients / 2);
  });

  test('a node that is frozen for longer than its clients wait loses nothing, before and after it thaws', async () => {
    const result = await chat(async () => {
      nodes.signal(0, 'SIGSTOP');
      await delay(4000);
      nodes.signal(0, 'SIGCONT');
    });
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBeGreaterThanOrEqual(clients / 2);
  });

  test('a Redis that is killed and comes back with its data loses nothing, and nobody is cut off', async () => {
    const result = await chat(async () => {
      await redis.kill();
      await redis.start();
    });
    expect(result).toMatchObject(nothingLost);
    expect(result.connections.resumed).toBe(0);
  });

  test('a Redis that hangs for a while loses nothing', async () => {
    const result = await chat(async () => {
      redis.pause();
      await delay(2000);
      redis.resume();
    });
    expect(result).toMatchObject(nothingLost);
  });
});
