import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

describe.skipIf(!hasRedis)('draining, health and admission', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis.stop());

  test('a drain refuses upgrades, spreads the clients, closes who stays with 1012, and ends', async () => {
    const node = await startNode(redis.url, 'a', { drainSeconds: 3 });
    const chats = await Promise.all(Array.from({ length: 10 }, () => ChatClient.open(node.port)));
    await chats[0]!.join('room');
    const drained = node.server.drain();
    const after = await Promise.all(
      chats.map(async (chat) => Number((await chat.next('reconnect'))['afterMs'])),
    );
    expect(after.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 10 }, (_, n) => n * 100));
    const ready = await fetch(`http://127.0.0.1:${node.port}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { reason: 'draining' }]);
    expect((await fetch(`http://127.0.0.1:${node.port}/livez`)).status).toBe(200);
    await expect(new ChatClient(node.port).opened()).rejects.toThrow('503');
    expect(await chats[0]!.say('room', 'still served')).toMatchObject({ offset: 1 });
    expect(await Promise.all(chats.map((chat) => chat.closed))).toEqual(chats.map(() => 1012));
    await drained;
    await expect(fetch(`http://127.0.0.1:${node.port}/livez`)).rejects.toThrow('fetch failed');
  });

  test('a drain is over as soon as everybody has left', async () => {
    const node = await startNode(redis.url, 'a', { drainSeconds: 600 });
    const chat = await ChatClient.open(node.port);
    const drained = node.server.drain();
    await chat.next('reconnect');
    chat.socket.close();
    await drained;
  });

  test('a client that answers no ping is closed after two misses, one that does stays', async () => {
    const node = await startNode(redis.url, 'a', { heartbeatMs: 150 });
    const quiet = await ChatClient.open(node.port);
    const lively = await ChatClient.open(node.port);
    lively.socket.on('message', (data: Buffer) => {
      if (data.toString() === '{"type":"ping"}') lively.send({ type: 'pong' });
    });
    await quiet.closed;
    expect(quiet.frames.filter(({ type }) => type === 'ping')).toHaveLength(2);
    await until(() => lively.frames.filter(({ type }) => type === 'ping').length > 5);
    expect(lively.socket.readyState).toBe(lively.socket.OPEN);
    await node.server.close();
  });

  test('upgrades are refused for foreign origins, other subprotocols, other paths and over the cap', async () => {
    const node = await startNode(redis.url, 'a', { maxConnections: 1 });
    const own = await startNode(redis.url, 'b', { origins: ['https://chat.example.com'] });
    const upgrade = (port: number, headers: Record<string, string>, path = '/ws') =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        const lines = Object.entries({
          Host: `127.0.0.1:${port}`,
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Key': Buffer.from(randomUUID().slice(0, 16)).toString('base64'),
          ...headers,
        }).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
        socket.once('data', (data: Buffer) => {
          resolve(data.toString().split(' ')[1]!);
          socket.destroy();
        });
      });
    expect(await upgrade(node.port, { Origin: 'https://evil.example' })).toBe('403');
    expect(await upgrade(node.port, { Origin: 'null' })).toBe('403');
    expect(await upgrade(node.port, { 'Sec-WebSocket-Protocol': 'chat.v9' })).toBe('400');
    expect(await upgrade(node.port, {}, '/other')).toBe('404');
    expect(await upgrade(node.port, { Origin: `http://127.0.0.1:${node.port}` })).toBe('101');
    expect(await upgrade(own.port, { Origin: 'https://chat.example.com' })).toBe('101');
    expect(await upgrade(own.port, { Origin: `http://127.0.0.1:${own.port}` })).toBe('403');
    await until(async () => (await upgrade(node.port, {})) === '101');
    const chat = await ChatClient.open(node.port).catch(() => ChatClient.open(node.port));
    await expect(new ChatClient(node.port).opened()).rejects.toThrow('503');
    await chat.cut();
    await Promise.all([node.server.close(), own.server.close()]);
  });

  test('the page is served with a strict policy, by room address too, and is revalidated', async () => {
    const node = await startNode(redis.url, 'a');
    const get = (path: string, init = {}) => fetch(`http://127.0.0.1:${node.port}${path}`, init);
    const page = await get('/');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const html = await page.text();
    expect(html).toContain('<textarea');
    expect(html).not.toMatch(/<script(?! type="module" src=)|<style|\son\w+=|style=/);
    expect(await (await get('/r/lobby?x=1')).text()).toBe(html);
    const etag = page.headers.get('etag')!;
    expect((await get('/', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await get('/../package.json')).status).toBe(404);
    expect((await get('/ws')).status).toBe(426);
    expect((await get('/', { method: 'POST' })).status).toBe(405);
    expect(await (await get('/livez')).json()).toEqual({ alive: true, node: 'a', version: 'test' });
    await node.server.close();
  });
});
