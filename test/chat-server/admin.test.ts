import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('the admin port', () => {
  let redis: TestRedis;
  let node: ChatNode;
  let admin: string;

  beforeAll(async () => {
    redis = await startRedis();
    node = await startNode(redis.url, 'a', { admin: { host: '127.0.0.1', port: 0 } });
    const { fields } = node.log.find(({ message }) => message === 'admin listening')!;
    admin = `http://127.0.0.1:${String(fields!['port'])}`;
  });
  afterAll(async () => {
    await node.server.close();
    await expect(fetch(`${admin}/node`)).rejects.toThrow('fetch failed');
    await redis.stop();
  });

  const get = async (path: string, headers = {}) => {
    const response = await fetch(`${admin}${path}`, { headers });
    return [response.status, await response.json()];
  };

  test('shows the rooms of the node, the fullest first, with members here and on other nodes', async () => {
    const other = await startNode(redis.url, 'b');
    const [ann, bob, cas] = await Promise.all([
      ChatClient.open(node.port, 'ann'),
      ChatClient.open(node.port, 'bob'),
      ChatClient.open(other.port, 'cas'),
    ]);
    for (const chat of [ann, bob, cas]) await chat.join('full');
    const epoch = (await ann.join('small'))[0]!['epoch'];
    await ann.say('full', 'one');
    await until(async () => JSON.stringify(await get('/rooms')).includes('"everywhere":3'));
    expect(await get('/rooms')).toEqual([
      200,
      {
        count: 2,
        rooms: [
          { room: 'full', members: 2, everywhere: 3, epoch: expect.any(String), offset: 1 },
          { room: 'small', members: 1, everywhere: 1, epoch, offset: 0 },
        ],
      },
    ]);
    expect(await get('/node')).toEqual([
      200,
      {
        node: 'a',
        version: 'test',
        connections: 2,
        queuedBytes: 0,
        leaving: false,
        nodes: 2,
        redis: true,
      },
    ]);
    await other.server.close();
  });

  test('is not on the port of the chat, and not for web pages', async () => {
    expect((await fetch(`http://127.0.0.1:${node.port}/rooms`)).status).toBe(404);
    expect((await get('/rooms', { origin: 'https://evil.example' }))[0]).toBe(403);
    expect((await get('/else'))[0]).toBe(404);
  });

  test.each([
    ['127.0.0.1', 200],
    ['localhost:9090', 200],
    ['[::1]:9090', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1@evil.example', 403],
  ])('asked over the loopback as %s answers %i', async (host, status) => {
    const response = once(request(`${admin}/rooms`, { headers: { host } }).end(), 'response');
    const [{ statusCode }] = (await response) as [IncomingMessage];
    expect(statusCode).toBe(status);
  });
});
