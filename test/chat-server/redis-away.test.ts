import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { headKey, streamKey } from '../../chat-server/src/redis/keys.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { listenNode, startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('redis away and back', () => {
  let redis: TestRedis;
  let a: ChatNode;
  let b: ChatNode;
  let ann: ChatClient;
  let bob: ChatClient;
  let epoch: string;

  beforeEach(async () => {
    redis = await startRedis('--enable-debug-command', 'local');
    const settings = { headsMs: 100 };
    [a, b] = await Promise.all([startNode(redis.url, 'a', settings), startNode(redis.url, 'b', settings)]);
    ann = await ChatClient.open(a.port, 'ann');
    bob = await ChatClient.open(b.port, 'bob');
    const [joined] = await ann.join('room');
    await bob.join('room');
    epoch = String(joined!['epoch']);
    for (let n = 1; n <= 5; n++) await ann.say('room', `n${n}`, `c${n}`);
    await bob.reaches('room', 5);
  });

  afterEach(async () => {
    await Promise.all([a.server.close(), b.server.close()]);
    await redis.stop();
  });

  const texts = (chat: ChatClient) => chat.messages('room').map(({ text }) => text);
  const resets = (chat: ChatClient) => chat.frames.filter(({ type }) => type === 'reset');
  const ready = (node: ChatNode) =>
    fetch(`http://127.0.0.1:${node.port}/readyz`).then(({ status }) => status);
  const alive = (node: ChatNode) => fetch(`http://127.0.0.1:${node.port}/livez`).then(({ status }) => status);
  const isBack = async (node: ChatNode) => (await ready(node)) === 200;

  // Retries as a client does, with the same cid.
  async function insist(chat: ChatClient, text: string, cid: string): Promise<number> {
    for (;;) {
      chat.send({ type: 'send', room: 'room', cid, text });
      const answer = await chat.answer(cid);
      if (answer.type === 'sent') return Number(answer['offset']);
      expect(answer).toMatchObject({ code: 'unavailable', retryable: true });
      await until(() => isBack(a));
    }
  }

  test('while it is away sockets stay open, sends are refused as retryable, and only readyz says so', async () => {
    await redis.kill();
    await until(async () => (await ready(a)) === 503);
    expect(await alive(a)).toBe(200);
    ann.send({ type: 'send', room: 'room', cid: 'c6', text: 'n6' });
    expect(await ann.next('error')).toMatchObject({
      code: 'unavailable',
      cid: 'c6',
      room: 'room',
      retryable: true,
    });
    const late = await ChatClient.open(a.port);
    late.send({ type: 'join', room: 'other' });
    expect(await late.next('error')).toMatchObject({ code: 'unavailable', room: 'other', retryable: true });
    await redis.start();
    await until(() => isBack(a));
    expect(await late.join('other')).toHaveLength(1);
    expect(ann.socket.readyState).toBe(ann.socket.OPEN);
    expect(bob.socket.readyState).toBe(bob.socket.OPEN);
  });

  test('back with its data: a new epoch from the same offset on, told once, and nothing is lost', async () => {
    await redis.client.save();
    await redis.kill();
    await redis.start();
    const [reset] = await Promise.all([ann.next('reset'), bob.next('reset')]);
    expect(reset).toEqual({
      type: 'reset',
      room: 'room',
      epoch: expect.any(String),
      offset: 5,
      reason: 'failover',
    });
    expect(reset['epoch']).not.toBe(epoch);
    expect(await insist(ann, 'n6', 'c6')).toBe(6);
    await bob.reaches('room', 6);
    expect(texts(bob)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
    // A second look at the heads must not find anything new.
    const before = await redis.client.info('commandstats');
    const calls = (info: string) => Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)![1]);
    await until(async () => calls(await redis.client.info('commandstats')) > calls(before) + 5);
    expect([resets(ann), resets(bob)].map(({ length }) => length)).toEqual([1, 1]);

    const back = await ChatClient.open(a.port);
    const [resumed] = await back.join('room', { epoch, offset: 3 });
    expect(resumed).toMatchObject({ recovered: true, offset: 6, epoch: reset['epoch'] });
    expect(texts(back)).toEqual(['n4', 'n5', 'n6']);
  });

  test('back with old data: members are told from where on, offsets go on without one used twice in an epoch', async () => {
    await redis.client.save();
    for (let n = 6; n <= 8; n++) await ann.say('room', `lost ${n}`, `c${n}`);
    await bob.reaches('room', 8);
    await redis.kill();
    await redis.start();
    for (const chat of [ann, bob]) {
      expect(await chat.next('reset')).toMatchObject({ offset: 5, reason: 'failover' });
    }
    expect(await insist(ann, 'lost 6', 'c6')).toBe(6);
    await bob.next('message', { text: 'lost 6', offset: 6 });

    const newEpoch = resets(bob)[0]!['epoch'];
    const behind = await ChatClient.open(b.port);
    expect((await behind.join('room', { epoch, offset: 5 }))[0]).toMatchObject({
      recovered: true,
      offset: 6,
    });
    const ahead = await ChatClient.open(b.port);
    expect((await ahead.join('room', { epoch, offset: 8 }))[0]).toMatchObject({
      recovered: false,
      reason: 'failover',
      epoch: newEpoch,
      offset: 6,
    });
  });

  test('back without data: history-lost from offset 0, and the room goes on', async () => {
    await redis.kill();
    await redis.start();
    for (const chat of [ann, bob]) {
      expect(await chat.next('reset')).toMatchObject({ offset: 0, reason: 'history-lost' });
    }
    expect(await insist(bob, 'first again', 'd1')).toBe(1);
    await ann.next('message', { text: 'first again', offset: 1 });
    expect(await insist(ann, 'second', 'd2')).toBe(2);
    await bob.next('message', { text: 'second', offset: 2 });
    expect([resets(ann), resets(bob)].map(({ length }) => length)).toEqual([1, 1]);
  });

  test('a history that changes under an open connection makes one new epoch, however many nodes notice late', async () => {
    await redis.client.call('DEBUG', 'CHANGE-REPL-ID');
    await Promise.all([ann.next('reset'), bob.next('reset')]);
    for (let n = 6; n <= 25; n++) await (n % 2 ? ann : bob).say('room', `n${n}`, `c${n}`);
    await Promise.all([ann.reaches('room', 25), bob.reaches('room', 25)]);
    expect(texts(ann)).toEqual(Array.from({ length: 25 }, (_, n) => `n${n + 1}`));
    expect([...resets(ann), ...resets(bob)]).toEqual([
      expect.objectContaining({ offset: 5 }),
      expect.objectContaining({ offset: 5 }),
    ]);
    expect(resets(ann)[0]!['epoch']).toBe(resets(bob)[0]!['epoch']);
    expect(await redis.client.hget(headKey('room'), 'lineage')).toBe(`${epoch}:5`);
  });

  test('a head that is gone while the stream is not goes on behind the stream', async () => {
    await redis.client.del(headKey('room'));
    expect(await insist(ann, 'n6', 'c6')).toBe(6);
    await bob.next('message', { text: 'n6', offset: 6 });
    expect(await redis.client.xlen(streamKey('room'))).toBe(6);
  });

  test("a join that was taken back answers nothing, so that its error is not taken for the next one's", async () => {
    redis.pause();
    const late = await ChatClient.open(a.port);
    for (const type of ['join', 'leave', 'join']) late.send({ type, room: 'other' });
    await late.next('left');
    await redis.kill();
    await late.next('error', { room: 'other' });
    await redis.start();
    await until(() => isBack(a));
    expect(await late.join('other')).toHaveLength(1);
    expect(late.frames.filter(({ type }) => type === 'error')).toHaveLength(1);
  });

  test('a server that hangs is unavailable, and serves again when it wakes up', async () => {
    redis.pause();
    ann.send({ type: 'send', room: 'room', cid: 'c6', text: 'n6' });
    expect(await ann.next('error')).toMatchObject({ code: 'unavailable', cid: 'c6' });
    redis.resume();
    await until(() => isBack(a));
    // The first try may have been carried out after all; then this one is a duplicate.
    expect(await insist(ann, 'n6', 'c6')).toBe(6);
    await bob.reaches('room', 6);
    expect(texts(bob)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
  });

  test('a full store refuses sends as retryable', async () => {
    await redis.client.config('SET', 'maxmemory', '1');
    ann.send({ type: 'send', room: 'room', cid: 'c6', text: 'n6' });
    expect(await ann.next('error')).toMatchObject({ code: 'unavailable', cid: 'c6', retryable: true });
    await redis.client.config('SET', 'maxmemory', '0');
    expect(await insist(ann, 'n6', 'c6')).toBe(6);
  });

  test('a node that starts before its Redis is not alive until Redis was reached once', async () => {
    await redis.kill();
    const early = await listenNode(redis.url, 'early');
    expect([await alive(early), await ready(early)]).toEqual([503, 503]);
    await redis.start();
    await until(() => isBack(early));
    expect(await alive(early)).toBe(200);
    await redis.kill();
    await until(async () => (await ready(early)) === 503);
    expect(await alive(early)).toBe(200);
    await early.server.close();
  });
});
