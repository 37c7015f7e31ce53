import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

// Long enough for nodes that do not write anything by themselves.
const settings = { waitReplicas: 1, leaseMs: 60_000, retentionMs: 86_400_000 };

describe.skipIf(!hasRedis)('sent only when a replica has it', { timeout: 30_000 }, () => {
  let primary: TestRedis;
  let replica: TestRedis;
  let a: ChatNode;
  let b: ChatNode;

  beforeEach(async () => {
    primary = await startRedis('--repl-diskless-sync-delay', '0');
    replica = await startRedis(
      '--replicaof',
      '127.0.0.1',
      String(primary.port),
      '--repl-diskless-sync-delay',
      '0',
    );
    await until(async () => /state=online/.test(await primary.client.info('replication')));
    [a, b] = (await Promise.all(['a', 'b'].map((name) => startNode(primary.url, name, settings)))) as [
      ChatNode,
      ChatNode,
    ];
  });
  afterEach(async () => {
    replica.resume();
    await Promise.all([a.server.close(), b.server.close()]);
    await Promise.all([primary.stop(), replica.stop()]);
  });

  test('a replica that hangs: each send is refused in time, and others can join meanwhile', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    await ann.join('room');
    await ann.say('room', 'x', 'c0');
    replica.pause();
    const waits: number[] = [];
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        await delay(n * 20);
        const since = performance.now();
        ann.send({ type: 'send', room: 'room', cid: `c${n + 1}`, text: 'x' });
        const { type, code } = await ann.answer(`c${n + 1}`);
        waits.push(performance.now() - since);
        return type === 'error' ? code : type;
      }),
    );
    expect(new Set(answers)).toEqual(new Set(['unavailable']));
    expect(Math.max(...waits)).toBeLessThan(5000);
    const bob = await ChatClient.open(a.port, 'bob');
    expect((await bob.join('room')).at(-1)).toMatchObject({ offset: 51 });
    replica.resume();
    await until(async () => {
      ann.send({ type: 'send', room: 'room', cid: 'c1', text: 'x' });
      return (await ann.answer('c1')).type === 'sent';
    });
  });

  test('a retry over another node counts as sent only when the replica has the first try', async () => {
    const ann = await ChatClient.open(a.port, 'ann');
    const again = await ChatClient.open(b.port, 'ann', ann.client);
    for (const chat of [ann, again]) await chat.join('room');
    await again.say('room', 'x', 'c1');
    // The last of what nodes write by themselves: who is there.
    await delay(1500);
    await again.say('room', 'x', 'c2');
    replica.pause();
    ann.send({ type: 'send', room: 'room', cid: 'c3', text: 'x' });
    await again.next('message', { cid: 'c3' });
    again.send({ type: 'send', room: 'room', cid: 'c3', text: 'x' });
    expect(await again.answer('c3')).toMatchObject({ type: 'error', code: 'unavailable' });
    replica.resume();
    await until(async () => {
      again.send({ type: 'send', room: 'room', cid: 'c3', text: 'x' });
      return (await again.answer('c3')).type === 'sent';
    });
  });
});
