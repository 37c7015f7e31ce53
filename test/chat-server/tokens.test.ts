import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import type { Frame } from '../helpers/chat-client.ts';
import { startNode, until } from '../helpers/chat-node.ts';
import type { ChatNode } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const secret = new TextEncoder().encode('a secret of more than thirty-two bytes');
const claims = { sub: 'user-7', name: 'Ann' };

const sign = (payload: object, expires: string | number = '1h', key = secret) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expires).sign(key);

/** Says hello; resolves with the `welcome`, or with the code of the close that came instead. */
async function hello(port: number, token?: string): Promise<[ChatClient, Frame | number]> {
  const chat = new ChatClient(port);
  await chat.opened();
  chat.send({ type: 'hello', client: chat.client, name: 'whoever', token });
  return [chat, await Promise.race([chat.next('welcome'), chat.closed])];
}

describe.skipIf(!hasRedis)('tokens', () => {
  let redis: TestRedis;
  const nodes: ChatNode[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.server.close()));
    await redis.stop();
  });

  async function start(overrides: Parameters<typeof startNode>[2]): Promise<ChatNode> {
    const node = await startNode(redis.url, 'a', { heartbeatMs: 5000, anonymous: false, ...overrides });
    nodes.push(node);
    return node;
  }
  const bySecret = { key: { secret }, issuer: undefined, audience: undefined };
  const warnings = ({ log }: ChatNode) =>
    log.filter(({ level }) => level === 'warn').map(({ message }) => message);

  describe('by a shared secret', () => {
    let node: ChatNode;
    beforeAll(async () => {
      node = await start({ tokens: { ...bySecret, issuer: 'https://id.example', audience: 'chat' } });
    });
    const right = { ...claims, iss: 'https://id.example', aud: 'chat' };

    test('the token says who somebody is, whatever name comes with it', async () => {
      const [chat, welcome] = await hello(node.port, await sign(right));
      expect(welcome).toMatchObject({ user: 'Ann', userId: 'user-7' });
      await chat.join('room');
      await chat.say('room', 'hello');
      expect(await chat.next('message')).toMatchObject({ from: 'Ann', user: 'user-7', text: 'hello' });
      await chat.cut();
    });

    test('what comes right behind the hello waits for it', async () => {
      const chat = new ChatClient(node.port);
      await chat.opened();
      chat.send({ type: 'hello', client: chat.client, token: await sign(right) });
      chat.send({ type: 'join', room: 'behind' });
      chat.send({ type: 'send', room: 'behind', cid: 'c1', text: 'early' });
      expect(await chat.next('sent')).toMatchObject({ offset: expect.any(Number) });
      expect(chat.frames[0]).toMatchObject({ type: 'welcome', userId: 'user-7' });
      expect(chat.frames.filter(({ type }) => type === 'error')).toEqual([]);
      await chat.cut();
    });

    test.each<[string, () => Promise<string> | string | undefined]>([
      ['none', () => undefined],
      ['an empty one', () => ''],
      ['nonsense', () => 'abc'],
      ['one of another secret', () => sign(right, '1h', new TextEncoder().encode('b'.repeat(40)))],
      ['one that is over', () => sign(right, Math.floor(Date.now() / 1000) - 10)],
      ['one of another issuer', () => sign({ ...right, iss: 'https://evil.example' })],
      ['one for another audience', () => sign({ ...right, aud: 'shop' })],
      ['one of nobody', () => sign({ ...right, sub: undefined })],
      ['one of a very long name', () => sign({ ...right, sub: 'x'.repeat(256) })],
      ['one with rooms that are no list', () => sign({ ...right, rooms: 'all' })],
      ['one that is not signed', () => new UnsecuredJWT(right).setExpirationTime('1h').encode()],
    ])('%s is closed with 4401', async (_, token) => {
      const [chat, answer] = await hello(node.port, await token());
      expect(answer).toBe(4401);
      expect(chat.frames).toEqual([]);
    });

    test('one that is no string is a bad message', async () => {
      const chat = new ChatClient(node.port);
      await chat.opened();
      chat.send({ type: 'hello', client: chat.client, token: { alg: 'none' } });
      expect(await chat.next('error')).toMatchObject({ code: 'bad-message' });
      await chat.cut();
    });
  });

  test('a token for some rooms opens these alone', async () => {
    const node = await start({ tokens: bySecret });
    const [chat] = await hello(node.port, await sign({ ...claims, rooms: ['ours'] }));
    await chat.join('ours');
    chat.send({ type: 'join', room: 'theirs' });
    expect(await chat.next('error')).toMatchObject({ code: 'not-allowed', room: 'theirs', retryable: false });
    await chat.cut();
  });

  test('a connection ends with its token, and a fresh one resumes; one of years stays', async () => {
    const node = await start({ tokens: bySecret });
    const [patient] = await hello(node.port, await sign(claims, '3y'));
    // The tolerance of 5 s is nearly used up.
    const [ann] = await hello(node.port, await sign(claims, Math.floor(Date.now() / 1000) - 3));
    const [joined] = await ann.join('long');
    await patient.join('long');
    expect(await ann.closed).toBe(4401);
    await patient.say('long', 'while she was away');
    const back = new ChatClient(node.port, ann.client);
    await back.opened();
    back.send({ type: 'hello', client: ann.client, token: await sign(claims) });
    const [resumed] = await back.join('long', { epoch: String(joined!['epoch']), offset: 0 });
    expect(resumed).toMatchObject({ recovered: true, offset: 1 });
    expect(patient.socket.readyState).toBe(patient.socket.OPEN);
    await Promise.all([patient.cut(), back.cut()]);
  });

  test('where anonymous people may come too, a bad token is still none', async () => {
    const node = await start({ tokens: bySecret, anonymous: true });
    expect((await hello(node.port))[1]).toMatchObject({ user: 'whoever' });
    expect((await hello(node.port, 'abc'))[1]).toBe(4401);
    expect(warnings(node)).toContain('who has no token may chat too, under any name');
  });

  test('without keys a token is not looked at, and the log says so', async () => {
    const node = await start({ tokens: undefined, anonymous: true });
    expect((await hello(node.port, 'abc'))[1]).toMatchObject({ user: 'whoever' });
    expect(warnings(node)).toContain('anybody may chat here, under any name: there is no sign-in');
  });

  describe('by a key set', () => {
    let keySet: { keys: JWK[] };
    let asked = 0;
    let answers = true;
    let server: Server;
    let url: URL;
    const keys: Record<string, { publicKey: CryptoKey; privateKey: CryptoKey }> = {};

    beforeAll(async () => {
      const made = await Promise.all(
        ['RS256', 'ES256', 'EdDSA'].map(async (alg) => {
          const pair = await generateKeyPair(alg, { extractable: true });
          keys[alg] = pair;
          return { ...(await exportJWK(pair.publicKey)), kid: alg, alg };
        }),
      );
      keySet = { keys: made };
      server = createServer((_, response) => {
        asked += 1;
        if (answers) response.setHeader('content-type', 'application/json').end(JSON.stringify(keySet));
        else response.writeHead(500).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    const byKeys = () => ({ key: { jwks: url }, issuer: undefined, audience: undefined });
    const signed = (alg: string, kid = alg) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg, kid })
        .setExpirationTime('1h')
        .sign(keys[alg]!.privateKey);

    test('RS256, ES256 and EdDSA are taken, and the set is fetched once', async () => {
      const node = await start({ tokens: byKeys() });
      asked = 0;
      for (const alg of ['RS256', 'ES256', 'EdDSA', 'RS256']) {
        expect((await hello(node.port, await signed(alg)))[1]).toMatchObject({ userId: 'user-7' });
      }
      expect(asked).toBe(1);
      expect(warnings(node)).toContain(
        'tokens that were made for other services are taken too: set TOKEN_AUDIENCE',
      );
    });

    test('a public key is never a secret, an unknown key is nobody’s, and none of them costs a fetch each', async () => {
      const node = await start({ tokens: byKeys() });
      asked = 0;
      const pem = new TextEncoder().encode(await exportSPKI(keys['RS256']!.publicKey));
      const confused = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
        .setExpirationTime('1h')
        .sign(pem);
      expect((await hello(node.port, confused))[1]).toBe(4401);
      for (let n = 0; n < 5; n += 1) {
        expect((await hello(node.port, await signed('RS256', randomUUID())))[1]).toBe(4401);
      }
      expect(asked).toBe(1);
    });

    test('while the set cannot be fetched nobody is called a bad token, and who is known to be good comes in', async () => {
      const node = await start({ tokens: byKeys() });
      answers = false;
      expect((await hello(node.port, await signed('RS256')))[1]).toBe(1013);
      answers = true;
      expect((await hello(node.port, await signed('RS256')))[1]).toMatchObject({ user: 'Ann' });
      answers = false;
      expect((await hello(node.port, await signed('ES256')))[1]).toMatchObject({ user: 'Ann' });
      answers = true;
    });
  });

  test('frames behind a close are for nobody', async () => {
    const node = await start({ tokens: bySecret });
    const listener = (await hello(node.port, await sign(claims)))[0];
    await listener.join('after');
    const late = new ChatClient(node.port);
    await late.opened();
    late.send({ type: 'hello', client: late.client, token: 'bad' });
    late.send({ type: 'join', room: 'after' });
    late.send({ type: 'send', room: 'after', cid: 'c1', text: 'x' });
    expect(await late.closed).toBe(4401);
    await listener.say('after', 'mine');
    await until(() => listener.messages('after').length > 0);
    expect(listener.messages('after').map(({ text }) => text)).toEqual(['mine']);
    await listener.cut();
  });
});
