import { once } from 'node:events';
import { createServer as createTcpServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freePort, startRig, type Rig } from './rig.ts';

let rig: Rig;
const raw: Server[] = [];
beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await rig.close();
  for (const server of raw.splice(0)) server.close();
});

/** Registers a target that passes its health checks and sends these bytes to everyone else, or does not answer (`hang`), or closes (`close`). */
async function registerRaw(answer: string): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      if (String(data).startsWith('GET /livez')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      else if (answer === 'close') socket.destroy();
      else if (answer !== 'hang') socket.end(answer);
    });
  }).listen(0, '127.0.0.1');
  raw.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target = { id: 'raw', host: '127.0.0.1', port, draining: false };
  await rig.set({ group: { targets: [target] } });
  await expect.poll(() => rig.balancer.health(rig.group.arn, 'raw')?.state).toBe('healthy');
}

/** What comes back on one connection for these bytes, up to its end. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(rig.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;

test('503 without any target, in the words and with the header of an ALB, also to a WebSocket', async () => {
  await rig.set({});
  const { status, headers, body } = await rig.get();
  expect({ status, server: headers.server, type: headers['content-type'], body }).toEqual({
    status: 503,
    server: 'awselb/2.0',
    type: 'text/html',
    body: page('503 Service Temporarily Unavailable'),
  });
  expect(headers['content-length']).toBe('162');
  const [error] = (await once(new WebSocket(`ws://127.0.0.1:${rig.port}/`), 'error')) as [Error];
  expect(error.message).toContain('503');
});

test('503 while the only target has not passed a check yet', async () => {
  const target = await rig.target('a');
  target.health = 500;
  await rig.set({
    group: {
      targets: [{ id: 'a', host: '127.0.0.1', port: target.port, draining: false }],
      healthCheck: { ...rig.group.healthCheck, intervalSeconds: 30 },
    },
  });
  expect(rig.balancer.health(rig.group.arn, 'a')).toEqual({
    state: 'initial',
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
  });
  expect((await rig.get()).status).toBe(503);
});

test('502 when the target closes without an answer, to a request and to a WebSocket', async () => {
  await registerRaw('close');
  const { status, body } = await rig.get();
  expect([status, body]).toEqual([502, page('502 Bad Gateway')]);
  const [error] = (await once(new WebSocket(`ws://127.0.0.1:${rig.port}/`), 'error')) as [Error];
  expect(error.message).toContain('502');
});

test('502 when the target refuses the connection', async () => {
  const target = await rig.target('a');
  await rig.set({ group: { healthCheck: { ...rig.group.healthCheck, intervalSeconds: 30 } } });
  await rig.register(target);
  await target.close();
  expect((await rig.get()).status).toBe(502);
});

test('502 when the target does not speak HTTP', async () => {
  await registerRaw('SSH-2.0-OpenSSH_9.6\r\n\r\n');
  expect((await rig.get()).status).toBe(502);
});

test('a target that stops in the middle of its answer does not make a whole one', async () => {
  await registerRaw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
  await expect(rig.get()).rejects.toThrow('aborted');
});

test('504 when the target does not answer before the idle timeout, and the connection is good for more', async () => {
  await registerRaw('hang');
  await rig.set({ listener: { idleTimeoutSeconds: 0.2 } });
  const { status, headers, body } = await rig.get();
  expect([status, body]).toEqual([504, page('504 Gateway Time-out')]);
  expect(headers.server).toBe('awselb/2.0');
  const [error] = (await once(new WebSocket(`ws://127.0.0.1:${rig.port}/`), 'error')) as [Error];
  expect(error.message).toContain('504');
});

test('408 when the client does not send the body that it promised', async () => {
  await rig.register(await rig.target('a', (request, response) => request.on('end', () => response.end())));
  await rig.set({ listener: { idleTimeoutSeconds: 0.2 } });
  expect(await exchange('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf')).toMatch(
    /^HTTP\/1.1 408 /,
  );
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
  [
    'two ways to frame the body',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
  [
    'an unknown transfer encoding',
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n', 400],
  ['headers above 64 KB', `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(70_000)}\r\n\r\n`, 400],
  [
    'a WebSocket with a body',
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbody',
    400,
  ],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  [
    'an address above 16 KB',
    `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    414,
  ],
  [
    'more than 30 hops',
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: ${'1.1.1.1,'.repeat(30)}1.1.1.1\r\n\r\n`,
    463,
  ],
])('%s never reaches a target', async (_what, bytes, status) => {
  const target = await rig.target('a');
  await rig.register(target);
  expect(await exchange(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Server: awselb/2\\.0`));
  expect(target.requests).toEqual([]);
});

test('bytes after a refused WebSocket handshake are not a second request', async () => {
  const target = await rig.target('a', (_request, response) => response.writeHead(403).end('no'));
  target.sockets.close();
  target.server.removeAllListeners('upgrade');
  await rig.register(target);
  const answer = await exchange(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden[^]*no/);
  expect(answer).toMatch(/connection: close/i);
  expect(target.requests.map(({ url }) => url)).toEqual(['/ws']);
});

test('a port that is taken: configure is refused with its number, and nothing has changed', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const free = await freePort();
  const other = { ...rig.listener, arn: 'arn:other' };
  const refused = rig.balancer.configure(
    [rig.listener, { ...other, port: free }, { ...other, port: target.port }],
    [rig.group],
  );
  await expect(refused).rejects.toMatchObject({ code: 'EADDRINUSE', port: target.port });
  // Nor may two listeners share one.
  await expect(rig.balancer.configure([rig.listener, other], [rig.group])).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: rig.port,
  });
  expect((await rig.get()).body).toBe('a');
  const [error] = (await once(connect(free, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});
