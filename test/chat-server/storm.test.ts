import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatProcesses } from '../helpers/chat-process.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import { RawPeer } from '../helpers/raw-peer.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

// Two nodes on one port need two addresses, which other systems do not have by themselves.
const possible = hasRedis && process.platform === 'linux';
const count = 400;
const rooms = 8;
const missed = 5;

// `npm run bench -- storm` does the same with 5000.
describe.skipIf(!possible)('a storm of reconnects', { timeout: 60_000 }, () => {
  let redis: TestRedis;
  let nodes: ChatProcesses;

  beforeAll(async () => {
    redis = await startRedis();
    nodes = await startChatProcesses(2, redis.url, { LOG_LEVEL: 'error' });
  });
  afterAll(async () => {
    await nodes.stop();
    await redis.stop();
  });

  test('all clients of a dead node come to the other one at once, and each gets exactly what it missed', async () => {
    const { port } = nodes;
    const [dying, host] = nodes.hosts;
    const roomOf = (index: number) => `storm-${index % rooms}`;
    const enter = (index: number, options: { host?: string; after?: Record<string, unknown> }) =>
      RawPeer.joined(port, roomOf(index), options);
    const staying = await Promise.all(Array.from({ length: rooms }, (_, room) => enter(room, { host })));
    const peers = await Promise.all(Array.from({ length: count }, (_, n) => enter(n, { host: dying })));

    // Frozen first, so that there is something that its clients have not had.
    nodes.signal(0, 'SIGSTOP');
    for (const [room, peer] of staying.entries()) {
      for (let n = 0; n < missed; n += 1) {
        peer.say({ type: 'send', room: roomOf(room), cid: `c${n}`, text: 'while you were away' });
      }
      while (peer.all('sent').length < missed) await once(peer.socket, 'data');
    }
    nodes.signal(0, 'SIGKILL');
    await Promise.all(peers.map(({ closed }) => closed));
    const started = performance.now();
    const back = await Promise.all(
      peers.map(async (peer, index) => {
        const [{ epoch, offset } = {}] = peer.all('joined');
        const again = await enter(index, { host, after: { epoch, offset } });
        return { again, ms: performance.now() - started };
      }),
    );
    for (const { again, ms } of back) {
      expect(again.errors).toEqual([]);
      const [joined] = again.all('joined');
      expect(joined).toMatchObject({ recovered: true, offset: missed });
      expect(joined!['messages']).toHaveLength(missed);
      expect(ms).toBeLessThan(5000);
    }
    for (const { again } of back) again.socket.destroy();
    for (const { socket } of staying) socket.destroy();
  });
});
