import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('the target learns who asked, where, and under which trace', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  await rig.get('/rooms?x=1', { headers: { 'X-Custom': 'Kept' } });
  const [first] = target.requests;
  expect(first).toMatchObject({ method: 'GET', url: '/rooms?x=1' });
  expect(first!.headers).toMatchObject({
    host: `127.0.0.1:${rig.port}`,
    'x-custom': 'Kept',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(rig.port),
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  });
  expect(first!.rawHeaders).toContain('X-Custom');

  await rig.get('/', {
    headers: {
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'https',
      'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678',
    },
  });
  expect(target.requests[1]!.headers).toMatchObject({
    'x-forwarded-for': '203.0.113.9, 127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': expect.stringMatching(/^Self=1-[\da-f-]+;Root=1-67891233-abcdef012345678912345678$/),
  });
});

test('headers of the connection stay on it, in both directions, and those that frame the body cannot be named away', async () => {
  const target = await rig.target('a', (incoming, response) => {
    incoming.resume().on('end', () => {
      response.writeHead(200, {
        Connection: 'close, X-Hop',
        'X-Hop': '1',
        'Keep-Alive': 'timeout=1',
        'X-End': '2',
      });
      response.end('ok');
    });
  });
  await rig.register(target);
  const socket = connect(rig.port, '127.0.0.1');
  socket.write(
    'POST /first HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Hop, Content-Length\r\nX-Hop: 1\r\nX-End: 2\r\nContent-Length: 28\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\nxx' +
      'GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  let answers = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answers += text));
  await once(socket, 'close');
  expect(target.requests.map(({ url }) => url)).toEqual(['/first', '/second']);
  expect(target.requests[0]!.headers).toMatchObject({ 'x-end': '2', 'content-length': '28' });
  expect(target.requests[0]!.headers).not.toHaveProperty('x-hop');
  expect(answers.match(/X-End: 2/g)).toHaveLength(2);
  expect(answers).not.toMatch(/X-Hop|timeout=/);
  expect(answers.match(/Connection: [\w-]+/g)).toEqual(['Connection: keep-alive', 'Connection: close']);
});

test('bodies of any framing arrive whole, both ways', async () => {
  const target = await rig.target('a', (incoming, response) => {
    response.setHeader(
      'X-Framing',
      incoming.headers['transfer-encoding'] ?? incoming.headers['content-length'] ?? '-',
    );
    incoming.pipe(response);
  });
  await rig.register(target);
  const body = randomBytes(3_000_000);
  const send = async (headers: Record<string, string | number>, content: Buffer | undefined) => {
    const asked = request({ port: rig.port, host: '127.0.0.1', method: 'POST', headers, agent: false });
    asked.end(content);
    const [response] = await once(asked, 'response');
    const hash = createHash('sha256');
    for await (const chunk of response) hash.update(chunk);
    return [response.headers['x-framing'], hash.digest('hex')];
  };
  const digest = createHash('sha256').update(body).digest('hex');
  const none = createHash('sha256').digest('hex');
  expect(await send({ 'Content-Length': body.length }, body)).toEqual([String(body.length), digest]);
  expect(await send({ 'Transfer-Encoding': 'chunked' }, body)).toEqual(['chunked', digest]);
  expect(await send({ 'Content-Length': 0 }, undefined)).toEqual(['0', none]);
});

test('statuses without a body, HEAD and repeated headers pass as they are', async () => {
  const target = await rig.target('a', (incoming, response) => {
    if (incoming.url === '/304') response.writeHead(304, { ETag: '"x"' }).end();
    else if (incoming.url === '/204') response.writeHead(204).end();
    else
      response
        .writeHead(299, 'Fine', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Length', '5'])
        .end('hello');
  });
  await rig.register(target);
  expect(await rig.get('/304')).toMatchObject({ status: 304, headers: { etag: '"x"' }, body: '' });
  expect(await rig.get('/204')).toMatchObject({ status: 204, body: '' });
  expect(await rig.get('/')).toMatchObject({
    status: 299,
    headers: { 'set-cookie': ['a=1', 'b=2'] },
    body: 'hello',
  });
  const asked = request({ port: rig.port, host: '127.0.0.1', method: 'HEAD', agent: false }).end();
  const [head] = await once(asked, 'response');
  expect([head.statusCode, head.statusMessage, head.headers['content-length']]).toEqual([299, 'Fine', '5']);
  head.resume();
});

test('one connection carries many requests, on both sides, and each is balanced for itself', async () => {
  const targets = [await rig.target('a'), await rig.target('b')];
  await rig.register(...targets);
  const connections = new Map(targets.map((target) => [target, new Set<number | undefined>()]));
  for (const target of targets) {
    target.server.on('request', (incoming) => {
      if (incoming.url === '/') connections.get(target)!.add(incoming.socket.remotePort);
    });
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const names: string[] = [];
  for (let n = 0; n < 10; n += 1) {
    const asked = request({ port: rig.port, host: '127.0.0.1', agent }).end();
    const [response] = await once(asked, 'response');
    ports.add(asked.socket?.localPort);
    let body = '';
    for await (const chunk of response) body += String(chunk);
    names.push(body);
  }
  agent.destroy();
  expect(ports.size).toBe(1);
  expect(names.toSorted().join('')).toBe('aaaaabbbbb');
  expect([...connections.values()].map(({ size }) => size)).toEqual([1, 1]);
});

test('a client that asks for another protocol than WebSocket gets an ordinary answer', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };
  expect(await rig.get('/', { headers })).toMatchObject({ status: 200, body: 'a' });
  expect(target.requests[0]!.headers).not.toHaveProperty('upgrade');
});

test('redirect and fixed-response actions answer without a target', async () => {
  await rig.set({
    listener: { action: { type: 'redirect', protocol: 'HTTPS', port: '443', statusCode: 301 } },
  });
  expect(await rig.get('/room?id=1', { headers: { Host: 'chat.example.com:80' } })).toMatchObject({
    status: 301,
    headers: { location: 'https://chat.example.com:443/room?id=1', server: 'awselb/2.0' },
  });
  await rig.set({
    listener: {
      action: {
        type: 'redirect',
        protocol: '#{protocol}',
        port: '#{port}',
        host: 'www.#{host}',
        path: '/new/#{path}',
        query: 'from=#{query}',
        statusCode: 302,
      },
    },
  });
  expect((await rig.get('/a/b?c', { headers: { Host: 'x.test' } })).headers.location).toBe(
    `http://www.x.test:${rig.port}/new/a/b?from=c`,
  );
  await rig.set({
    listener: {
      action: { type: 'fixed-response', statusCode: 410, contentType: 'text/plain', body: 'gone' },
    },
  });
  expect(await rig.get()).toMatchObject({
    status: 410,
    headers: { 'content-type': 'text/plain' },
    body: 'gone',
  });
});

test('the listener answers on ::1 as well', async () => {
  await rig.register(await rig.target('a'));
  const asked = request({ port: rig.port, host: '::1', agent: false }).end();
  const [response] = await once(asked, 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
});

test('a client that goes away takes its request at the target with it', async () => {
  let aborted = false;
  const target = await rig.target('a', (_incoming, response) => response.on('close', () => (aborted = true)));
  await rig.register(target);
  const asked = request({ port: rig.port, host: '127.0.0.1', agent: false }).end();
  asked.on('error', () => undefined);
  await expect.poll(() => target.requests.length).toBe(1);
  asked.destroy();
  await expect.poll(() => aborted).toBe(true);
});

test('headers with names that are not letters, digits and hyphens are dropped where the listener says so', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const headers = { 'X-Good': '1', X_Bad: '2' };
  await rig.get('/', { headers });
  await rig.set({ listener: { dropInvalidHeaderFields: true } });
  await rig.get('/', { headers });
  expect(target.requests.map(({ headers: got }) => [got['x-good'], got['x_bad']])).toEqual([
    ['1', '2'],
    ['1', undefined],
  ]);
});

test('a connection older than the client keep-alive closes after its next answer', async () => {
  await rig.register(await rig.target('a'));
  await rig.set({ listener: { clientKeepAliveSeconds: 0.2 } });
  const socket = connect(rig.port, '127.0.0.1');
  let answers = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answers += text));
  const ask = setInterval(() => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 50);
  await once(socket, 'close');
  clearInterval(ask);
  const connections = answers.match(/Connection: [\w-]+/g)!;
  expect(connections.length).toBeGreaterThan(1);
  expect(connections.slice(-2)).toEqual(['Connection: keep-alive', 'Connection: close']);
});
