import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelOf, hereKey } from '../../chat-server/src/redis/keys.ts';
import { scriptsRinging } from '../../chat-server/src/redis/scripts.ts';
import { SingleBackplane } from '../../chat-server/src/redis/single.ts';
import { commands } from '../../src/local-cloud/runtime/stand-in-redis/commands/index.ts';
import { RequestReader } from '../../src/local-cloud/runtime/stand-in-redis/resp/request-reader.ts';
import { twins } from '../../src/local-cloud/runtime/stand-in-redis/scripts/index.ts';
import type { StandIn } from '../../src/local-cloud/runtime/stand-in-redis/server.ts';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { startStandInHere } from '../helpers/redis-pair.ts';

const scripts = scriptsRinging('publish');
const nameOf = Object.fromEntries(
  Object.entries(scripts).map(([name, { lua }]) => [createHash('sha1').update(lua).digest('hex'), name]),
);

test('each script of the chat server has a twin: bring it to what has changed, then put it under its new digest', () => {
  expect(Object.keys(twins).toSorted()).toEqual(Object.keys(nameOf).toSorted());
});

describe.skipIf(!hasRedis)('what the chat server says to Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('is on record, and there is nothing among it that the stand-in does not know', async () => {
    const wire = await recorder(redis.port);
    const url = `redis://chat:secret@127.0.0.1:${wire.port}`;
    await redis.client.acl('SETUSER', 'chat', 'on', '>secret', '~*', '&*', '+@all');
    await live(url, redis.client);
    await liveLonger(url);
    await wire.stop();
    await expect([...wire.said].toSorted().join('\n') + '\n').toMatchFileSnapshot(
      '../fixtures/chat-server-redis-commands.txt',
    );
    const unknown = [...wire.said].filter((words) => !(words.split(' ')[0]!.toLowerCase() in commands));
    expect(unknown).toEqual([]);
  });
});

describe('the chat on the stand-in', () => {
  let server: { port: number; standIn: StandIn };
  beforeAll(async () => {
    server = await startStandInHere({ password: 'secret' });
  });
  afterAll(() => server.standIn.close());

  test('two nodes carry one conversation, with what was missed, who is there, and what was before', async () => {
    const url = `redis://:secret@127.0.0.1:${server.port}`;
    const client = new Redis(url);
    await live(url, client);
    client.disconnect();
  });

  test('when it is gone, nodes say so, and begin anew with the one that takes its place', async () => {
    const first = await startStandInHere();
    const node = await startNode(`redis://127.0.0.1:${first.port}`, 'a', { headsMs: 50 });
    const ann = await ChatClient.open(node.port, 'ann');
    await ann.join('room');
    await ann.say('room', 'hello');
    await first.standIn.close();
    await until(() => node.log.some(({ message }) => message === 'redis connection lost'));
    const second = await startStandInHere({ port: first.port });
    expect(await ann.next('reset', { room: 'room' })).toMatchObject({ reason: 'history-lost', offset: 0 });
    await until(async () => (await fetch(`http://127.0.0.1:${node.port}/readyz`)).ok);
    expect(await ann.say('room', 'again')).toMatchObject({ offset: 1 });
    await ann.cut();
    await node.server.close();
    await second.standIn.close();
  });
});

/** Everything that people do on a chat of two nodes, in a room that a dead node has left somebody in. */
async function live(url: string, client: Redis): Promise<void> {
  const ghost = { at: 1, count: 1, who: [['x', 'ghost']] };
  await client.hset(hereKey('room'), 'ghost.1', JSON.stringify(ghost));
  const nodes = await Promise.all(
    ['a', 'b'].map((name) => startNode(url, name, { headsMs: 50, leaseMs: 600 })),
  );
  const [a, b] = nodes as [ChatNode, ChatNode];
  const ann = await ChatClient.open(a.port, 'ann');
  const bob = await ChatClient.open(b.port, 'bob');
  await ann.join('room');
  const [joined] = await bob.join('room');
  await ann.next('presence');
  for (let n = 1; n <= 60; n++)
    expect(await ann.say('room', `grüße ${n}`, `c${n}`)).toMatchObject({ offset: n });
  expect(await ann.say('room', 'grüße 60', 'c60')).toMatchObject({ offset: 60, duplicate: true });
  await Promise.all([ann.reaches('room', 60), bob.reaches('room', 60)]);
  expect(bob.messages('room').map(({ text }) => text)).toEqual(ann.messages('room').map(({ text }) => text));
  ann.send({ type: 'typing', room: 'room' });
  await bob.next('typing', { room: 'room' });

  await bob.cut();
  for (let n = 61; n <= 70; n++) await ann.say('room', `meanwhile ${n}`);
  const again = await ChatClient.open(a.port, 'bob', bob.client);
  const [resumed] = await again.join('room', { epoch: String(joined!['epoch']), offset: 60 });
  expect(resumed).toMatchObject({ recovered: true });
  await again.reaches('room', 70);
  expect(again.messages('room').map(({ offset }) => offset)).toEqual([
    61, 62, 63, 64, 65, 66, 67, 68, 69, 70,
  ]);

  const cat = await ChatClient.open(b.port, 'cat');
  await cat.join('room');
  cat.send({ type: 'history', room: 'room', before: 21, limit: 20 });
  const { messages } = await cat.next('history');
  expect((messages as { text: string }[]).at(-1)).toMatchObject({ text: 'grüße 20' });
  cat.send({ type: 'leave', room: 'room' });
  await cat.next('left');
  // A node that ends takes its people out of the room, and its lease away.
  await b.server.close();
  await Promise.all([ann, again, cat].map((chat) => chat.cut()));
  await a.server.close();
}

/** What a node does some time after the last one has left a room. */
async function liveLonger(url: string): Promise<void> {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const ignored = { onReady() {}, onDeaf() {}, onMessage() {} };
  const backplane = new SingleBackplane(url, 'later', quiet, ignored);
  backplane.connect();
  await until(() => backplane.available);
  await backplane.run('later', (link) => link.subscribe([channelOf('later')]));
  backplane.unsubscribe('later');
  // Behind it on the same connection.
  await backplane.links[0].now.ping();
  backplane.close();
}

/** A way to Redis that notes what goes by: the command, its kind where it has any, and which script. */
async function recorder(target: number) {
  const said = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const reader = new RequestReader();
    near.on('data', (piece: Buffer) => {
      for (const words of reader.feed(piece)) said.add(kindOf(words));
    });
    near.pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    said,
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function kindOf([name = '', first = '']: string[]): string {
  const command = name.toUpperCase();
  if (command === 'EVALSHA') return `${command} ${nameOf[first] ?? first}`;
  // The same, of a script that Redis does not have yet.
  if (command === 'EVAL')
    return kindOf(['EVALSHA', createHash('sha1').update(first, 'latin1').digest('hex')]);
  return ['CLIENT', 'HELLO'].includes(command) ? `${command} ${first.toUpperCase()}` : command;
}
