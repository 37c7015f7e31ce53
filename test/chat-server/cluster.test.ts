import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slotOf } from '../../chat-server/src/redis/slot.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import { startTalk } from '../helpers/chat-talk.ts';
import { hasRedis } from '../helpers/redis.ts';
import type { TestCluster } from '../helpers/redis-cluster.ts';
import { startCluster } from '../helpers/redis-cluster.ts';

const settings = { redisCluster: true, headsMs: 200, waitReplicas: 0 };
/** Rooms on every shard: each primary has several. */
const rooms = Array.from({ length: 12 }, (_, n) => `room-${n}`);

describe('slots', () => {
  // The cluster specification's own examples.
  test.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['user1000', 3443],
  ])('%s is in slot %i', (tag, slot) => expect(slotOf(tag)).toBe(slot));
});

describe.skipIf(!hasRedis)('a cluster of three primaries', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let nodes: ChatNode[];

  async function start(options: { replicas?: boolean }, more: { waitReplicas?: number } = {}): Promise<void> {
    cluster = await startCluster(options);
    nodes = await Promise.all(
      ['a', 'b'].map((name) => startNode(cluster.url, name, { ...settings, ...more })),
    );
  }
  afterEach(async () => {
    await Promise.all(nodes.map(({ server }) => server.close()));
    await cluster.stop();
  });

  describe('without replicas', () => {
    beforeEach(() => start({}));

    test('two nodes chat in rooms on all shards, see who is there, and read on', async () => {
      const ann = await ChatClient.open(nodes[0]!.port, 'ann');
      const bob = await ChatClient.open(nodes[1]!.port, 'bob');
      for (const room of rooms) await Promise.all([ann.join(room), bob.join(room)]);
      await Promise.all(rooms.map((room) => ann.say(room, `in ${room}`)));
      await Promise.all(rooms.map((room) => bob.reaches(room, 1)));
      const keys = await Promise.all(cluster.primaries.map(({ client }) => client.dbsize()));
      expect(Math.min(...keys)).toBeGreaterThan(0);

      const place = { epoch: String((await bob.join('late'))[0]!['epoch']), offset: 0 };
      await ann.join('late');
      await bob.next('presence', { room: 'late', count: 2 });
      await bob.cut();
      for (let n = 1; n <= 3; n++) await ann.say('late', `n${n}`);
      const back = await ChatClient.open(nodes[1]!.port, 'bob', bob.client);
      expect((await back.join('late', place))[0]).toMatchObject({ recovered: true, offset: 3 });
      ann.send({ type: 'typing', room: 'late' });
      expect(await back.next('typing')).toMatchObject({ room: 'late', from: 'ann' });
    });

    test('slots that move under load: nothing lost, twice or out of order, and members are told of the new epoch', async () => {
      const talk = await startTalk(nodes, rooms);
      const moved = rooms.slice(0, 4);
      for (const room of moved) {
        const from = await cluster.ownerOf(slotOf(room));
        await cluster.moveSlot(
          slotOf(room),
          cluster.primaries.find((primary) => primary !== from)!,
        );
        await delay(100);
      }
      const told = await talk.end();
      expect(told.problems).toEqual([]);
      expect([...told.reset].toSorted()).toEqual(moved.toSorted());
    });

    test('a slot that goes away and comes back at once is listened to again', async () => {
      const talk = await startTalk(nodes, ['there-and-back']);
      const slot = slotOf('there-and-back');
      const home = await cluster.ownerOf(slot);
      await cluster.moveSlot(
        slot,
        cluster.primaries.find((primary) => primary !== home)!,
      );
      await cluster.moveSlot(slot, home);
      expect((await talk.end()).problems).toEqual([]);
    });
  });

  describe('with a replica each, and sent only when it has the message', () => {
    beforeEach(() => start({ replicas: true }, { waitReplicas: 1 }));

    test('a shard that is handed to its replica under load loses nothing', async () => {
      const talk = await startTalk(nodes, rooms);
      await cluster.handOver(cluster.replicas[0]!);
      const told = await talk.end();
      expect(told.problems).toEqual([]);
      expect([...told.reset].every((room) => slotOf(room) < 5461)).toBe(true);
      expect(told.reset.size).toBeGreaterThan(0);
    });

    test('a primary that is killed under load: its replica takes over, and nothing acknowledged is lost', async () => {
      const talk = await startTalk(nodes, rooms);
      // Not the node that the chat was pointed to.
      await cluster.primaries[1]!.kill();
      const there = async () => (await cluster.ownerOf(6000)).port === cluster.replicas[1]!.port;
      await until(there);
      // It comes back as the replica, without which nothing counts as sent.
      await cluster.primaries[1]!.start();
      const told = await talk.end();
      expect(told.problems).toEqual([]);
      expect(told.reset.size).toBeGreaterThan(0);
    });
  });
});
