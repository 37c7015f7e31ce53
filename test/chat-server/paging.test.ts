import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../chat-server/src/clock.ts';
import { payloadOf } from '../../chat-server/src/frame.ts';
import { Meter } from '../../chat-server/src/metrics/meter.ts';
import { openBackplane } from '../../chat-server/src/redis/open.ts';
import { Store } from '../../chat-server/src/redis/store.ts';
import { catchUp } from '../../chat-server/src/room/join.ts';
import { newMember } from '../../chat-server/src/room/member.ts';
import type { Room } from '../../chat-server/src/room/room.ts';
import { Rooms } from '../../chat-server/src/room/rooms.ts';
import type { Outbox } from '../../chat-server/src/session/outbox.ts';
import { readSettings } from '../../chat-server/src/settings.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { Frame, Message } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

/** Fifteen of them fill a page. */
const text = 'x'.repeat(4000);

describe.skipIf(!hasRedis)('catching up page by page', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('a storm of slow readers, with people talking and a lost connection to Redis: nothing live before the last page, nothing twice, no gap', async () => {
    const node = await startNode(redis.url, 'a', { headsMs: 100 });
    const ann = await ChatClient.open(node.port, 'ann');
    const [start] = await ann.join('long');
    for (let n = 1; n <= 200; n++) ann.send({ type: 'send', room: 'long', cid: `c${n}`, text });
    await ann.reaches('long', 200);
    const late = await Promise.all(Array.from({ length: 20 }, () => ChatClient.open(node.port)));
    for (const [index, chat] of late.entries()) {
      chat.send({ type: 'join', room: 'long', after: { epoch: start!['epoch'], offset: index } });
    }
    await Promise.all(late.map((chat) => chat.next('joined')));
    for (const chat of late) chat.socket.pause();
    for (let n = 201; n <= 240; n++) {
      await ann.insist('long', 'x', `c${n}`);
      if (n === 220) await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      late[n - 201]?.socket.resume();
    }
    await Promise.all(
      late.map(async (chat) => {
        // Whoever waited for a page when the connection went is told, and goes on from where they are.
        const offset = () => chat.messages('long').at(-1)!.offset;
        const errors = () => chat.frames.filter(({ type }) => type === 'error').length;
        for (let told = 0; offset() < 240; told++) {
          await until(() => offset() === 240 || errors() > told);
          if (offset() === 240) return;
          await delay(50);
          chat.send({ type: 'join', room: 'long', after: { epoch: start!['epoch'], offset: offset() } });
        }
      }),
    );
    for (const [index, chat] of late.entries()) {
      const offsets = chat.messages('long').map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: 240 - index }, (_, n) => index + n + 1));
      const kinds = chat.frames.map(({ type, more }) => (type === 'joined' && more === true ? 'page' : type));
      expect(kinds.filter((kind) => kind === 'joined')).toHaveLength(1);
      const last = kinds.indexOf('joined');
      expect(kinds.lastIndexOf('page')).toBeLessThan(last);
      expect(kinds.indexOf('page')).toBeGreaterThan(0);
      expect(kinds.slice(0, last)).not.toContain('message');
      expect(kinds).not.toContain('reset');
    }
    await node.server.close();
  });

  test('many who come back to the same place at once cost Redis next to nothing', async () => {
    const node = await startNode(redis.url, 'a');
    const ann = await ChatClient.open(node.port, 'ann');
    const [start] = await ann.join('shared');
    for (let n = 1; n <= 150; n++) ann.send({ type: 'send', room: 'shared', cid: `c${n}`, text: 'x' });
    await ann.reaches('shared', 150);
    const back = await Promise.all(Array.from({ length: 30 }, () => ChatClient.open(node.port)));
    await redis.client.config('RESETSTAT');
    await Promise.all(back.map((chat) => chat.join('shared', { epoch: String(start!['epoch']), offset: 0 })));
    for (const chat of back) {
      expect(chat.messages('shared').map(({ offset }) => offset)).toEqual(
        Array.from({ length: 150 }, (_, n) => n + 1),
      );
    }
    const reads = /cmdstat_xrange:calls=(\d+)/.exec(await redis.client.info('commandstats'));
    expect(Number(reads![1])).toBeLessThan(back.length / 3);
    await node.server.close();
  });

  test('what is trimmed while a slow reader is on its way is said with a reset, and reading goes on behind it', async () => {
    const history = 40;
    const { settings } = readSettings({ REDIS_URL: redis.url, HISTORY: String(history) });
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const meter = new Meter();
    const backplane = openBackplane(settings, systemClock, quiet, {
      onReady: () => void rooms.connected(),
      onDeaf: () => void rooms.listen(),
      onMessage: (channel, payload) => rooms.receive(channel, payload),
    });
    const store = new Store(backplane, settings, quiet);
    const rooms = new Rooms('a', backplane, store, settings, systemClock, quiet, meter);
    backplane.connect();
    await until(() => backplane.available);
    let said = 0;
    const say = async (room: Room) => {
      const upTo = said + history;
      while (said < upTo) {
        const cid = `c${++said}`;
        await store.publish(
          'short',
          'ann',
          cid,
          `"from":"ann","client":"ann","cid":"${cid}","text":"${text}"}`,
        );
      }
      await until(() => room.position.offset === upTo);
    };
    const room = await rooms.open('short');
    const { epoch } = room.position;
    await say(room);

    const frames: Frame[] = [];
    // A socket that takes its first page, and the next one only when all that was missed is gone.
    const outbox = {
      push: (frame: Buffer) => void frames.push(JSON.parse(payloadOf(frame).toString()) as Frame),
      async drained() {
        if (frames.length === 1) for (let n = 0; n < 3; n++) await say(room);
        return true;
      },
    } as unknown as Outbox;
    const member = newMember({ client: 'late', name: 'late' }, outbox, { epoch, offset: 0 });
    room.members.add(member);
    await catchUp(room, member, history, meter, systemClock);

    let at = 0;
    for (const frame of frames) {
      if (frame.type === 'reset') {
        expect(frame).toMatchObject({ room: 'short', epoch, reason: 'too-old' });
        expect(frame['offset']).toBeGreaterThan(at);
        at = Number(frame['offset']);
      }
      for (const { offset } of (frame['messages'] ?? []) as Message[]) expect(offset).toBe(++at);
    }
    expect(frames.filter(({ type }) => type === 'reset')).toHaveLength(1);
    expect(at).toBe(said);
    await rooms.close();
    backplane.close();
  });
});
