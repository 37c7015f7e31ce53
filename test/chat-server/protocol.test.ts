import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('protocol', () => {
  let redis: TestRedis;
  let a: ChatNode;
  let b: ChatNode;

  beforeAll(async () => {
    redis = await startRedis();
    [a, b] = await Promise.all([
      startNode(redis.url, 'a', { maxRooms: 3, maxMembers: 10 }),
      startNode(redis.url, 'b', { rateLimit: 1, rateBurst: 5 }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([a.server.close(), b.server.close()]);
    await redis.stop();
  });

  test('welcome names the node, the version, the user and the heartbeat', async () => {
    const chat = new ChatClient(a.port);
    await chat.opened();
    chat.send({ type: 'hello', client: chat.client, name: '  Ann\u202e  B ' });
    expect(await chat.next('welcome')).toEqual({
      type: 'welcome',
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user: 'Ann B',
      node: 'a',
      version: 'test',
      heartbeatMs: 25_000,
    });
    await chat.cut();
  });

  test('an empty room is joined with a position, and that position resumes', async () => {
    const chat = await ChatClient.open(a.port);
    const [joined] = await chat.join('empty');
    expect(joined).toMatchObject({ type: 'joined', offset: 0, recovered: false, messages: [] });
    expect(joined).not.toHaveProperty('reason');
    await chat.cut();

    const again = await ChatClient.open(b.port, 'ann', chat.client);
    const [resumed] = await again.join('empty', { epoch: String(joined!['epoch']), offset: 0 });
    expect(resumed).toMatchObject({ recovered: true, offset: 0, messages: [] });
    await again.cut();
  });

  test('a message reaches members on both nodes, its sender too, once and numbered', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(b.port, 'bob');
    await ann.join('both');
    await bob.join('both');
    const sent = await ann.say('both', 'grüße 👋 </script> \u2028', 'c1');
    expect(sent).toEqual({ type: 'sent', room: 'both', cid: 'c1', offset: 1 });
    const seen = {
      type: 'message',
      room: 'both',
      offset: 1,
      from: 'ann',
      client: ann.client,
      cid: 'c1',
      text: 'grüße 👋 </script> \u2028',
      at: expect.any(Number),
    };
    expect(await bob.next('message')).toEqual(seen);
    expect(await ann.next('message')).toEqual(seen);
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('the same cid again, from another connection and node, is answered with the same offset and shown to nobody', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(a.port, 'bob');
    await ann.join('dedupe');
    await bob.join('dedupe');
    await ann.say('dedupe', 'one', 'c1');
    await ann.cut();
    const back = await ChatClient.open(b.port, 'ann', ann.client);
    await back.join('dedupe');
    expect(await back.say('dedupe', 'one', 'c1')).toMatchObject({ offset: 1, duplicate: true });
    expect(await back.say('dedupe', 'two', 'c2')).toEqual({
      type: 'sent',
      room: 'dedupe',
      cid: 'c2',
      offset: 2,
    });
    expect(await bob.say('dedupe', 'three', 'c1')).toMatchObject({ offset: 3 });
    await bob.reaches('dedupe', 3);
    expect(bob.messages('dedupe').map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    await Promise.all([back.cut(), bob.cut()]);
  });

  test('history is read backwards in pages', async () => {
    const chat = await ChatClient.open(a.port);
    await chat.join('past');
    for (let n = 1; n <= 120; n++) chat.send({ type: 'send', room: 'past', cid: `c${n}`, text: `n${n}` });
    await chat.reaches('past', 120);
    chat.send({ type: 'history', room: 'past', before: 71, limit: 50 });
    const page = await chat.next('history');
    expect(page).toMatchObject({ room: 'past', before: 71, more: true });
    const texts = (page['messages'] as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => `n${n + 21}`));
    chat.send({ type: 'history', room: 'past', before: 21, limit: 50 });
    const last = await chat.next('history');
    expect(last['messages']).toHaveLength(20);
    expect(last).not.toHaveProperty('more');
    await chat.cut();
  });

  test('leave is answered, and nothing of the room comes afterwards', async () => {
    const ann = await ChatClient.open(a.port);
    const bob = await ChatClient.open(a.port);
    await ann.join('left');
    await bob.join('left');
    ann.send({ type: 'leave', room: 'left' });
    expect(await ann.next('left')).toEqual({ type: 'left', room: 'left' });
    await bob.say('left', 'hello?');
    const [joined] = await ann.join('left');
    expect(joined).toMatchObject({ offset: 1 });
    expect(ann.frames.filter(({ type }) => type === 'message')).toEqual([]);
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test('typing is told to the others on all nodes', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const bob = await ChatClient.open(b.port, 'bob');
    await ann.join('typing');
    await bob.join('typing');
    ann.send({ type: 'typing', room: 'typing' });
    expect(await bob.next('typing')).toEqual({
      type: 'typing',
      room: 'typing',
      from: 'ann',
      client: ann.client,
    });
    await Promise.all([ann.cut(), bob.cut()]);
  });

  test.each([
    ['no JSON', '{', 'bad-message', 'the frame is not JSON'],
    ['no object', '[1]', 'bad-message', 'the frame is not a JSON object'],
    ['no type', '{}', 'bad-message', 'type: must be a string'],
    ['an unknown type', { type: 'wave' }, 'unknown-type', 'there is no frame of type "wave"'],
    ['a room in capitals', { type: 'join', room: 'Lobby' }, 'bad-message', 'room: must match'],
    [
      'a position that is none',
      { type: 'join', room: 'x', after: { offset: -1 } },
      'bad-message',
      'after: must be',
    ],
    ['a cid with a space', { type: 'send', room: 'x', cid: 'a b', text: 'x' }, 'bad-message', 'cid: must be'],
    [
      'a long cid',
      { type: 'send', room: 'x', cid: 'c'.repeat(65), text: 'x' },
      'bad-message',
      'cid: must be',
    ],
    ['a blank text', { type: 'send', room: 'x', cid: 'c', text: ' \n' }, 'bad-message', 'text: must be'],
    [
      'a long text',
      { type: 'send', room: 'x', cid: 'c', text: 'x'.repeat(4001) },
      'bad-message',
      'text: must be',
    ],
    [
      'a room not joined',
      { type: 'send', room: 'x', cid: 'c', text: 'x' },
      'not-joined',
      'join the room first',
    ],
    [
      'history not joined',
      { type: 'history', room: 'x', before: 5, limit: 5 },
      'not-joined',
      'join the room',
    ],
    ['a large limit', { type: 'history', room: 'x', before: 5, limit: 101 }, 'bad-message', 'limit: must be'],
    ['hello twice', { type: 'hello', client: randomUUID() }, 'bad-message', 'hello was said already'],
  ])('%s is refused', async (_, frame, code, message) => {
    const chat = await ChatClient.open(a.port);
    chat.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    const error = await chat.next('error');
    expect(error).toMatchObject({ code, retryable: false, message: expect.stringContaining(message) });
    if (typeof frame !== 'string' && 'cid' in frame && /^\w{1,64}$/.test(frame.cid)) {
      expect(error).toMatchObject({ cid: frame.cid });
    }
    expect(await chat.join('still-open')).toHaveLength(1);
    await chat.cut();
  });

  test('hello has to come first and to carry a UUID', async () => {
    const chat = new ChatClient(a.port);
    await chat.opened();
    chat.send({ type: 'join', room: 'x' });
    expect(await chat.next('error')).toMatchObject({ code: 'hello-first' });
    chat.send({ type: 'hello', client: 'me' });
    expect(await chat.next('error')).toMatchObject({
      code: 'bad-message',
      message: 'client: must be a UUID',
    });
    await chat.cut();
  });

  test('a room twice and a room too many are refused', async () => {
    const chat = await ChatClient.open(a.port);
    await chat.join('r1');
    chat.send({ type: 'join', room: 'r1' });
    expect(await chat.next('error')).toMatchObject({ code: 'already-joined', room: 'r1' });
    await chat.join('r2');
    await chat.join('r3');
    chat.send({ type: 'join', room: 'r4' });
    expect(await chat.next('error')).toMatchObject({ code: 'too-many-rooms', room: 'r4' });
    await chat.cut();
  });

  test('a room that is full lets nobody in until somebody leaves', async () => {
    const chats = await Promise.all(Array.from({ length: 11 }, () => ChatClient.open(a.port)));
    const late = chats.pop()!;
    await Promise.all(chats.map((chat) => chat.join('full')));
    late.send({ type: 'join', room: 'full' });
    expect(await late.next('error')).toMatchObject({ code: 'room-full', room: 'full', retryable: true });
    chats[0]!.send({ type: 'leave', room: 'full' });
    await chats[0]!.next('left');
    expect(await late.join('full')).toHaveLength(1);
    await Promise.all([...chats, late].map((chat) => chat.cut()));
  });

  test('unknown fields are ignored', async () => {
    const chat = await ChatClient.open(a.port);
    chat.send({ type: 'join', room: 'future', colour: 'red' });
    expect(await chat.next('joined')).toMatchObject({ room: 'future' });
    await chat.cut();
  });

  test('bad frames again and again end the connection with 1008', async () => {
    const chat = await ChatClient.open(a.port);
    for (let n = 0; n < 5; n++) chat.send({ type: 'join', room: '?' });
    expect(await chat.closed).toBe(1008);
    expect(chat.frames.filter(({ type }) => type === 'error')).toHaveLength(5);
  });

  test('a binary frame is refused, one over 16 KiB closed with 1009', async () => {
    const chat = await ChatClient.open(a.port);
    chat.socket.send(Buffer.from('{}'));
    expect(await chat.next('error')).toMatchObject({ code: 'bad-message', message: 'frames must be text' });
    chat.socket.send('x'.repeat(16 * 1024 + 1));
    expect(await chat.closed).toBe(1009);
  });

  test('too many messages are refused with their cid, then closed with 1008', async () => {
    const chat = await ChatClient.open(b.port);
    await chat.join('flood');
    for (let n = 0; n < 4; n++) chat.send({ type: 'send', room: 'flood', cid: `c${n}`, text: 'x' });
    expect(await chat.next('error')).toMatchObject({ code: 'rate-limited', cid: 'c3', retryable: true });
    for (let n = 0; n < 6; n++) chat.send({ type: 'typing', room: 'flood' });
    expect(await chat.closed).toBe(1008);
  });
});
