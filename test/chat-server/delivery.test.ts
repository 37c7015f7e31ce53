import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headKey, streamKey } from '../../chat-server/src/redis/keys.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('delivery', () => {
  let redis: TestRedis;
  let a: ChatNode;
  let b: ChatNode;

  beforeAll(async () => {
    redis = await startRedis();
    const settings = { headsMs: 100 };
    [a, b] = await Promise.all([startNode(redis.url, 'a', settings), startNode(redis.url, 'b', settings)]);
  });

  afterAll(async () => {
    await Promise.all([a.server.close(), b.server.close()]);
    await redis.stop();
  });

  const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const offsets = (chat: ChatClient, room: string) => chat.messages(room).map(({ offset }) => offset);

  // A message that every node has to find by itself, as when pub/sub drops its announcement.
  async function storeSilently(room: string, text: string): Promise<number> {
    const offset = await redis.client.hincrby(headKey(room), 'offset', 1);
    const tail = JSON.stringify({ from: 'x', client: 'x', cid: text, text, at: 1 }).slice(1);
    await redis.client.xadd(streamKey(room), `0-${offset}`, 'v', '1', 'm', tail);
    return offset;
  }

  test('many senders on two nodes: all see the same messages, in one order, without gap or double', async () => {
    const chats = await Promise.all(
      upTo(6).map((n) => ChatClient.open(n % 2 ? a.port : b.port, `user ${n}`)),
    );
    await Promise.all(chats.map((chat) => chat.join('many')));
    for (let n = 0; n < 50; n++) {
      for (const chat of chats) chat.send({ type: 'send', room: 'many', cid: `c${n}`, text: `n${n}` });
    }
    await Promise.all(chats.map((chat) => chat.reaches('many', 300)));
    for (const chat of chats) {
      expect(offsets(chat, 'many')).toEqual(upTo(300));
      expect(chat.messages('many')).toEqual(chats[0]!.messages('many'));
    }
    for (const sender of chats) {
      const own = chats[0]!.messages('many').filter(({ client }) => client === sender.client);
      expect(own.map(({ text }) => text)).toEqual(upTo(50).map((n) => `n${n - 1}`));
    }
    await Promise.all(chats.map((chat) => chat.cut()));
  });

  test('a first join gets the last 50, and the first live message follows on them, whatever is said meanwhile', async () => {
    const ann = await ChatClient.open(a.port);
    await ann.join('busy');
    let offset = 0;
    const talking = { on: true };
    const talk = (async () => {
      while (talking.on) offset = Number((await ann.say('busy', 'x'))['offset']);
    })();
    await ann.reaches('busy', 60);
    const newcomers = await Promise.all(upTo(20).map((n) => ChatClient.open(n % 2 ? a.port : b.port)));
    const joined = await Promise.all(newcomers.map((chat) => chat.join('busy')));
    await ann.reaches('busy', offset + 50);
    talking.on = false;
    await talk;
    for (const [index, chat] of newcomers.entries()) {
      await chat.reaches('busy', offset);
      const seen = offsets(chat, 'busy');
      expect(seen).toEqual(upTo(offset, seen[0]));
      const first = joined[index]![0]!;
      expect(seen[0]).toBeLessThanOrEqual(Number(first['offset']) - 49);
    }
    await Promise.all([ann, ...newcomers].map((chat) => chat.cut()));
  });

  test('800 missed messages come in pages, whole and once, while others go on talking', async () => {
    const ann = await ChatClient.open(a.port);
    const bob = await ChatClient.open(a.port);
    const [start] = await bob.join('missed');
    await ann.join('missed');
    await bob.cut();
    for (const n of upTo(800))
      ann.send({ type: 'send', room: 'missed', cid: `c${n}`, text: 'x'.repeat(300) });
    await ann.reaches('missed', 800);

    const back = await ChatClient.open(b.port, 'bob', bob.client);
    back.send({ type: 'join', room: 'missed', after: { epoch: start!['epoch'], offset: 0 } });
    for (const n of upTo(900, 801)) ann.send({ type: 'send', room: 'missed', cid: `c${n}`, text: 'live' });
    await ann.reaches('missed', 900);
    await back.reaches('missed', 900);
    expect(offsets(back, 'missed')).toEqual(upTo(900));
    const pages = back.frames.filter(({ type }) => type === 'joined');
    expect(pages.length).toBeGreaterThan(7);
    expect(pages.every(({ recovered }) => recovered)).toBe(true);
    expect(pages.map(({ more }) => more === true)).toEqual(pages.map((_, n) => n < pages.length - 1));
    expect(pages.filter((page) => 'members' in page)).toEqual([pages[0]]);
    await Promise.all([ann.cut(), back.cut()]);
  });

  test('no server frame is over 64 KiB, even when all messages are as long as they may be', async () => {
    const ann = await ChatClient.open(a.port);
    await ann.join('long');
    for (const n of upTo(30)) await ann.say('long', '€'.repeat(4000), `c${n}`);
    const bob = new ChatClient(b.port);
    const sizes: number[] = [];
    bob.socket.on('message', (data: Buffer) => sizes.push(data.length));
    await bob.opened();
    bob.send({ type: 'hello', client: bob.client });
    const pages = await bob.join('long');
    expect(offsets(bob, 'long')).toEqual(upTo(30));
    expect(pages.length).toBeGreaterThan(5);
    bob.send({ type: 'history', room: 'long', before: 31, limit: 100 });
    const history = await bob.next('history');
    expect(history['more']).toBe(true);
    expect((history['messages'] as { offset: number }[]).at(-1)!.offset).toBe(30);
    expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('a position too far back, unknown or in the future is not recovered, with the reason', async () => {
    const small = await startNode(redis.url, 'small', { history: 100 });
    const ann = await ChatClient.open(small.port);
    const [start] = await ann.join('old');
    const epoch = String(start!['epoch']);
    for (const n of upTo(150)) ann.send({ type: 'send', room: 'old', cid: `c${n}`, text: 'x' });
    await ann.reaches('old', 150);
    const resume = async (after: { epoch: string; offset: number }) => {
      const chat = await ChatClient.open(small.port);
      const [joined] = await chat.join('old', after);
      const seen = offsets(chat, 'old');
      await chat.cut();
      return {
        recovered: joined!['recovered'],
        reason: joined!['reason'],
        first: seen[0],
        last: seen.at(-1),
      };
    };
    expect(await resume({ epoch, offset: 50 })).toEqual({ recovered: true, first: 51, last: 150 });
    expect(await resume({ epoch, offset: 49 })).toEqual({
      recovered: false,
      reason: 'too-old',
      first: 101,
      last: 150,
    });
    expect(await resume({ epoch: 'other', offset: 150 })).toMatchObject({
      recovered: false,
      reason: 'unknown-epoch',
    });
    expect(await resume({ epoch, offset: 151 })).toMatchObject({
      recovered: false,
      reason: 'ahead',
      last: 150,
    });
    await ann.cut();
    await small.server.close();
  });

  test('a message whose announcement was lost is repaired by the gap before the next one', async () => {
    const ann = await ChatClient.open(a.port);
    const bob = await ChatClient.open(b.port);
    await ann.join('gap');
    await bob.join('gap');
    await ann.say('gap', 'one');
    await storeSilently('gap', 'two');
    await storeSilently('gap', 'three');
    expect(await ann.say('gap', 'four')).toMatchObject({ offset: 4 });
    for (const chat of [ann, bob]) {
      await chat.reaches('gap', 4);
      expect(chat.messages('gap').map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four']);
    }
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('a last message whose announcement was lost is found by comparing heads', async () => {
    const ann = await ChatClient.open(a.port);
    const bob = await ChatClient.open(b.port);
    await ann.join('heads');
    await bob.join('heads');
    await storeSilently('heads', 'the last');
    for (const chat of [ann, bob]) {
      await chat.reaches('heads', 1);
      expect(chat.messages('heads').map(({ text }) => text)).toEqual(['the last']);
    }
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('a connection to Redis that is cut comes back, with what was said meanwhile', async () => {
    const ann = await ChatClient.open(a.port);
    const bob = await ChatClient.open(b.port);
    await ann.join('resub');
    await bob.join('resub');
    await ann.say('resub', 'one');
    await bob.reaches('resub', 1);
    await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    for (const n of upTo(20)) await ann.insist('resub', `n${n}`);
    await Promise.all([ann.reaches('resub', 21), bob.reaches('resub', 21)]);
    await ann.say('resub', 'last');
    await Promise.all([ann.reaches('resub', 22), bob.reaches('resub', 22)]);
    expect(offsets(bob, 'resub')).toEqual(upTo(22));
    expect(offsets(ann, 'resub')).toEqual(upTo(22));
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('all keys of a room share one hash slot and expire', async () => {
    const ann = await ChatClient.open(a.port);
    await ann.join('keys');
    const hour = 3_600_000;
    // Names of rooms are without number: one that stays empty takes no place for long.
    expect(await redis.client.pttl(headKey('keys'))).toBeGreaterThan(0.9 * hour);
    expect(await redis.client.pttl(headKey('keys'))).toBeLessThanOrEqual(hour);
    await ann.say('keys', 'x', 'c1');
    await until(async () => (await redis.client.exists('chat:{keys}:here')) === 1);
    const keys = await redis.client.keys('*{keys}*');
    expect(keys.sort()).toEqual(
      [
        `chat:{keys}:head`,
        `chat:{keys}:here`,
        `chat:{keys}:sent:${ann.client}:c1`,
        `chat:{keys}:stream`,
      ].sort(),
    );
    for (const key of keys) {
      expect(await redis.client.pttl(key)).toBeGreaterThan(0);
      expect(key.indexOf('{keys}')).toBe(key.indexOf('{'));
    }
    // A third more than RETENTION, since a room in use is kept so rarely.
    expect(await redis.client.pttl(streamKey('keys'))).toBeGreaterThan(30 * 24 * hour);
    expect(await redis.client.pttl(headKey('keys'))).toBeGreaterThan(30 * 24 * hour);
    expect(await redis.client.pttl(`chat:{keys}:sent:${ann.client}:c1`)).toBeGreaterThan(590_000);
    await ann.cut();
  });

  test('where a replica is asked for, sent comes only when it has the message, for as long as there is one', async () => {
    await redis.client.config('SET', 'repl-diskless-sync-delay', '0');
    const replica = await startRedis('--replicaof', '127.0.0.1', String(redis.port));
    await until(async () => /state=online/.test(await redis.client.info('replication')));
    const careful = await startNode(redis.url, 'careful', { waitReplicas: 1 });
    const ann = await ChatClient.open(careful.port);
    await ann.join('wait');
    expect(await ann.say('wait', 'x', 'c1')).toMatchObject({ offset: 1 });
    expect(await replica.client.xlen(streamKey('wait'))).toBe(1);

    replica.pause();
    ann.send({ type: 'send', room: 'wait', cid: 'c2', text: 'y' });
    expect(await ann.next('error')).toMatchObject({ code: 'unavailable', cid: 'c2', retryable: true });
    replica.resume();
    expect(await ann.say('wait', 'y', 'c2')).toEqual({
      type: 'sent',
      room: 'wait',
      cid: 'c2',
      offset: 2,
      duplicate: true,
    });
    expect(await replica.client.xlen(streamKey('wait'))).toBe(2);

    await replica.stop();
    await until(async () => !/state=online/.test(await redis.client.info('replication')));
    expect(await ann.say('wait', 'z', 'c3')).toMatchObject({ offset: 3 });
    await careful.server.close();
  });
});
