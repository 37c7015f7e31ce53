import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hereKey } from '../../chat-server/src/redis/keys.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { startChatProcesses } from '../helpers/chat-process.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('presence', () => {
  let redis: TestRedis;
  let a: ChatNode;
  let b: ChatNode;
  const settings = { leaseMs: 600, headsMs: 100 };

  beforeAll(async () => {
    redis = await startRedis();
    [a, b] = await Promise.all([startNode(redis.url, 'a', settings), startNode(redis.url, 'b', settings)]);
  });

  afterAll(async () => {
    await Promise.all([a.server.close(), b.server.close()]);
    await redis.stop();
  });

  // What a page shows: the members of `joined` and every change since.
  function shown(chat: ChatClient, room: string): { names: string[]; count: number } {
    let names: string[] = [];
    let count = 0;
    for (const frame of chat.frames) {
      if (frame['room'] !== room) continue;
      if (frame.type === 'joined' && 'members' in frame) {
        const members = frame['members'] as { names: string[]; count: number };
        names = [...members.names];
        count = members.count;
      }
      if (frame.type !== 'presence') continue;
      names = names.filter((name) => !(frame['left'] as string[]).includes(name));
      names.push(...(frame['joined'] as string[]));
      count = Number(frame['count']);
    }
    return { names: names.sort(), count };
  }

  const shows = (chat: ChatClient, room: string, ...names: string[]) =>
    until(() => {
      const now = shown(chat, room);
      return now.count === names.length && now.names.join() === names.join();
    });

  test('everybody sees who comes and goes, on all nodes', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('room');
    await shows(ann, 'room', 'ann');
    const bob = await ChatClient.open(b.port, 'bob');
    const cleo = await ChatClient.open(a.port, 'cleo');
    await Promise.all([bob.join('room'), cleo.join('room')]);
    for (const chat of [ann, bob, cleo]) await shows(chat, 'room', 'ann', 'bob', 'cleo');
    bob.send({ type: 'leave', room: 'room' });
    await cleo.cut();
    await shows(ann, 'room', 'ann');
    await Promise.all([ann.cut(), bob.cut()]);
    await until(async () => (await redis.client.exists(hereKey('room'))) === 0);
  });

  test('a crowd that comes at once is told in few frames, with a right count and at most 100 names', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('crowd');
    const crowd = await Promise.all(
      Array.from({ length: 150 }, (_, n) => ChatClient.open(n % 2 ? a.port : b.port, `user ${n}`)),
    );
    await Promise.all(crowd.map((chat) => chat.join('crowd')));
    await until(() => shown(ann, 'crowd').count === 151);
    expect(ann.frames.filter(({ type }) => type === 'presence').length).toBeLessThan(10);
    const late = await ChatClient.open(b.port, 'late');
    const [joined] = await late.join('crowd');
    expect((joined!['members'] as { names: string[] }).names).toHaveLength(100);
    await Promise.all([...crowd, late].map((chat) => chat.cut()));
    await shows(ann, 'crowd', 'ann');
    await ann.cut();
  });

  test('one client on two nodes counts once', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const again = await ChatClient.open(b.port, 'ann', ann.client);
    const bob = await ChatClient.open(b.port, 'bob');
    for (const chat of [ann, again, bob]) await chat.join('twice');
    await shows(bob, 'twice', 'ann', 'bob');
    await ann.cut();
    const cleo = await ChatClient.open(b.port, 'cleo');
    await cleo.join('twice');
    await shows(bob, 'twice', 'ann', 'bob', 'cleo');
    await Promise.all([again, bob, cleo].map((chat) => chat.cut()));
  });

  test('the members of a node that has died vanish when its lease ends', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('died');
    // A node that died left this behind: an entry, and a lease that nobody renews.
    const ghost = {
      at: Date.now(),
      count: 2,
      who: [
        ['x', 'ghost 1'],
        ['y', 'ghost 2'],
      ],
    };
    const [seconds] = await redis.client.time();
    await redis.client.zadd('chat:nodes', Number(seconds) * 1000 + 1500, 'ghost.1');
    await redis.client.hset(hereKey('died'), 'ghost.1', JSON.stringify(ghost));
    await redis.client.publish('chat:{died}', `P1 ghost.1 ${JSON.stringify(ghost)}`);
    await shows(ann, 'died', 'ann', 'ghost 1', 'ghost 2');
    await shows(ann, 'died', 'ann');
    await ann.cut();
  });

  test('the members of a node that is killed vanish when its lease ends, and those who come back elsewhere stay', async () => {
    const processes = await startChatProcesses(1, redis.url, { LEASE_MS: '600', LOG_LEVEL: 'error' });
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(processes.port, 'bob');
    const cleo = await ChatClient.open(processes.port, 'cleo');
    for (const chat of [ann, bob, cleo]) await chat.join('killed');
    await shows(ann, 'killed', 'ann', 'bob', 'cleo');
    await processes.stop();
    const again = await ChatClient.open(b.port, 'bob', bob.client);
    await again.join('killed');
    await shows(ann, 'killed', 'ann', 'bob');
    await Promise.all([ann.cut(), again.cut()]);
  });

  test('whoever opens a room with a dead entry clears it away', async () => {
    const ghost = { at: 1, count: 1, who: [['x', 'ghost']] };
    await redis.client.hset(hereKey('grave'), 'ghost.2', JSON.stringify(ghost));
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('grave');
    await until(async () => (await redis.client.hexists(hereKey('grave'), 'ghost.2')) === 0);
    await shows(ann, 'grave', 'ann');
    await ann.cut();
  });

  test('after a loss of all data everybody is announced again', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(b.port, 'bob');
    await ann.join('flushed');
    await bob.join('flushed');
    await shows(ann, 'flushed', 'ann', 'bob');
    await redis.client.flushall();
    await until(async () => (await redis.client.hlen(hereKey('flushed'))) === 2);
    const cleo = await ChatClient.open(b.port, 'cleo');
    await cleo.join('flushed');
    await shows(ann, 'flushed', 'ann', 'bob', 'cleo');
    await Promise.all([ann, bob, cleo].map((chat) => chat.cut()));
  });

  test('a node that closes takes its members out at once', async () => {
    const leaving = await startNode(redis.url, 'leaving', { ...settings, leaseMs: 60_000 });
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(leaving.port, 'bob');
    await ann.join('closing');
    const cleo = await ChatClient.open(leaving.port, 'cleo');
    const dan = await ChatClient.open(leaving.port, 'dan');
    for (const chat of [bob, cleo, dan]) await chat.join('closing');
    await shows(ann, 'closing', 'ann', 'bob', 'cleo', 'dan');
    await leaving.server.close();
    await shows(ann, 'closing', 'ann');
    expect(await redis.client.hlen(hereKey('closing'))).toBe(1);
    await ann.cut();
  });

  test('who is in a quiet room does not expire while they are there', async () => {
    const retentionMs = 1500;
    const quiet = await startNode(redis.url, 'quiet', { ...settings, retentionMs });
    const ann = await ChatClient.open(quiet.port, 'ann');
    await ann.join('quiet');
    await until(async () => (await redis.client.exists(hereKey('quiet'))) === 1);
    const since = performance.now();
    while (performance.now() - since < 2 * retentionMs) {
      expect(await redis.client.exists(hereKey('quiet'))).toBe(1);
      await delay(50);
    }
    await ann.cut();
    await quiet.server.close();
  });

  test('an entry counts by the clock of its own node', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('clocks');
    // A node whose clock is behind, and that leaves the room while nobody here listens.
    const [seconds] = await redis.client.time();
    await redis.client.zadd('chat:nodes', Number(seconds) * 1000 + 60_000, 'late.1');
    const entry = (at: number, ...names: string[]) =>
      `P1 late.1 ${JSON.stringify({ at, count: names.length, who: names.map((name) => [name, name]) })}`;
    const behind = Date.now() - 10_000;
    await redis.client.publish('chat:{clocks}', entry(behind, 'bob'));
    await shows(ann, 'clocks', 'ann', 'bob');
    await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await shows(ann, 'clocks', 'ann');
    await redis.client.publish('chat:{clocks}', entry(behind + 1, 'cleo'));
    await shows(ann, 'clocks', 'ann', 'cleo');
    await redis.client.zrem('chat:nodes', 'late.1');
    await ann.cut();
  });

  test('whoever leaves a room while Redis is away is gone when it is back, however late', async () => {
    const own = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
    const nodes = await Promise.all(['c', 'd'].map((name) => startNode(own.url, name, { headsMs: 100 })));
    const ann = await ChatClient.open(nodes[0]!.port, 'ann');
    await ann.join('away');
    await until(async () => (await own.client.hlen(hereKey('away'))) === 1);
    await own.kill();
    await ann.cut();
    // A room that nobody is in is forgotten after ten seconds.
    await delay(10_500);
    await own.start();
    await until(async () => (await own.client.hlen(hereKey('away'))) === 0);
    await Promise.all(nodes.map(({ server }) => server.close()));
    await own.stop();
  }, 30_000);
});
