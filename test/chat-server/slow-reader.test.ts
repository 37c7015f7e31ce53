import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('readers that fall behind', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis.stop());

  const text = 'x'.repeat(4000);

  test('more than 1 MiB behind is closed with 1013, and resumes with everything', async () => {
    const node = await startNode(redis.url, 'a');
    const ann = await ChatClient.open(node.port, 'ann');
    const slow = await ChatClient.open(node.port, 'slow');
    await ann.join('room');
    const [start] = await slow.join('room');
    slow.socket.pause();
    let said = 0;
    while (!node.log.some(({ message }) => message === 'closing a slow reader')) {
      await ann.say('room', text, `c${++said}`);
    }
    expect(said * 4000).toBeGreaterThan(1024 * 1024);
    slow.socket.resume();
    expect(await slow.closed).toBe(1013);
    const back = await ChatClient.open(node.port, 'slow', slow.client);
    const seen = slow.messages('room').length;
    await back.join('room', { epoch: String(start!['epoch']), offset: seen });
    const offsets = [...slow.messages('room'), ...back.messages('room')].map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: said }, (_, n) => n + 1));
    await node.server.close();
  });

  test('catching up with far more than 1 MiB is not being behind', async () => {
    const node = await startNode(redis.url, 'a');
    const ann = await ChatClient.open(node.port, 'ann');
    const [start] = await ann.join('long');
    for (let n = 1; n <= 900; n++) ann.send({ type: 'send', room: 'long', cid: `c${n}`, text });
    await ann.reaches('long', 900);
    const late = await ChatClient.open(node.port, 'late');
    late.send({ type: 'join', room: 'long', after: { epoch: start!['epoch'], offset: 0 } });
    await late.next('joined');
    late.socket.pause();
    // The node goes on to serve others while this one waits for its next page.
    for (let n = 901; n <= 950; n++) await ann.say('long', 'x', `c${n}`);
    late.socket.resume();
    await late.reaches('long', 950);
    expect(late.messages('long').map(({ offset }) => offset)).toEqual(
      Array.from({ length: 950 }, (_, n) => n + 1),
    );
    expect(node.log.filter(({ message }) => message === 'closing a slow reader')).toEqual([]);
    await node.server.close();
  });

  test('when all together are behind by a quarter of the memory, the slowest goes', async () => {
    const node = await startNode(redis.url, 'a', { memoryBytes: 4 * 1024 * 1024 });
    const ann = await ChatClient.open(node.port, 'ann');
    await ann.join('room2');
    const slow = await Promise.all(
      Array.from({ length: 4 }, (_, n) => ChatClient.open(node.port, `slow ${n}`)),
    );
    for (const chat of slow) {
      await chat.join('room2');
      chat.socket.pause();
    }
    const closings = () => node.log.filter(({ message }) => message === 'closing a slow reader');
    for (let n = 0; closings().length === 0; n++) await ann.say('room2', text, `c${n}`);
    expect(closings()[0]!.fields).toMatchObject({ scope: 'process' });
    // The others have room now.
    expect(closings()).toHaveLength(1);
    expect(Number(closings()[0]!.fields!['queued'])).toBeLessThan(1024 * 1024);
    slow.forEach((chat) => chat.socket.resume());
    await until(() => slow.some(({ socket }) => socket.readyState === socket.CLOSED));
    expect(ann.socket.readyState).toBe(ann.socket.OPEN);
    await node.server.close();
  });
});
