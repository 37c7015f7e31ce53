import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { slotOf } from '../../chat-server/src/redis/slot.ts';
import { chatThrough, LOAD, MESSAGES } from '../helpers/chat-load.ts';
import { until } from '../helpers/chat-node.ts';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { bundleLoadWorker } from '../helpers/load-worker.ts';
import { hasRedis } from '../helpers/redis.ts';
import type { TestCluster } from '../helpers/redis-cluster.ts';
import { startCluster } from '../helpers/redis-cluster.ts';

// The generator takes turns among the addresses of a name, and no name of this machine has several.
vi.mock('node:dns/promises');

// Two nodes on one port need two addresses, which other systems do not have by themselves.
const possible = hasRedis && process.platform === 'linux';
const MOVED = 10;

describe.skipIf(!possible)('a cluster under load, with real processes', { timeout: 60_000 }, () => {
  let worker: Awaited<ReturnType<typeof bundleLoadWorker>>;
  let cluster: TestCluster;
  let nodes: ChatProcesses;

  beforeAll(async () => {
    worker = await bundleLoadWorker();
    cluster = await startCluster({ replicas: true });
    nodes = await startChatProcesses(2, cluster.url, {
      REDIS_CLUSTER: 'true',
      WAIT_REPLICAS: '1',
      HEARTBEAT_MS: '1000',
      LOG_LEVEL: 'error',
    });
    const addresses = nodes.hosts.map((address) => ({ address, family: 4 }));
    vi.mocked(lookup).mockResolvedValue(addresses as never);
  }, 60_000);
  afterAll(async () => {
    await nodes.stop();
    await cluster.stop();
    await worker.remove();
  });

  const nothingLost = {
    passed: true,
    clients: { joined: LOAD.clients },
    messages: {
      sent: MESSAGES,
      acknowledged: MESSAGES,
      delivered: MESSAGES * LOAD.roomSize,
      expected: MESSAGES * LOAD.roomSize,
      duplicate: 0,
      outOfOrder: 0,
    },
    // Redis is the servers' matter: nobody has to come back for it.
    connections: { resumed: 0 },
  };

  test('slots that move lose nothing', async () => {
    const { result } = await chatThrough(nodes, worker.program, `${MOVED} slots moved`, async () => {
      const [home, other] = cluster.primaries;
      const keys = await home!.client.keys('chat:{load-*}:head');
      const rooms = keys.slice(0, MOVED).map((key) => /\{(.*)\}/.exec(key)![1]!);
      expect(rooms).toHaveLength(MOVED);
      for (const room of rooms) await cluster.moveSlot(slotOf(room), other!);
    });
    expect(result).toMatchObject(nothingLost);
  });

  test('a primary that is killed loses nothing', async () => {
    const { result } = await chatThrough(nodes, worker.program, 'a primary of three killed', async () => {
      // Not the node that the chat was pointed to.
      const [, killed] = cluster.primaries;
      await killed!.kill();
      await until(async () => (await cluster.ownerOf(6000)).port === cluster.replicas[1]!.port);
      // It comes back as the replica, without which nothing counts as sent.
      await killed!.start();
    });
    expect(result).toMatchObject(nothingLost);
  });
});
