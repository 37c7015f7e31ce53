import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { freePort, startRig, type Rig } from './rig.ts';

const authority = createAuthority();
const name = 'chat.example.com';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.set({ listener: secure(name) });
});
afterEach(() => rig.close());

/** A listener that shows a certificate for these names. */
function secure(...names: string[]) {
  return { protocol: 'HTTPS' as const, tls: { ...authority.issue(names), minVersion: 'TLSv1.2' as const } };
}

const trusting = (servername = name) => ({
  host: '127.0.0.1',
  port: rig.port,
  servername,
  ca: authority.certificate,
});

async function get(
  path: string,
  servername = name,
): Promise<{ status: number; headers: object; body: string }> {
  const asked = request({ ...trusting(servername), path, agent: false, headers: { Host: name } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const part of answer.setEncoding('utf8')) body += part as string;
  return { status: answer.statusCode!, headers: answer.headers, body };
}

/** The handshake alone. */
async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ ...trusting(), ...options });
  await once(socket, 'secureConnect');
  return socket;
}

test('requests come through TLS, and the target learns that they did', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  expect(await get('/rooms?x=1')).toMatchObject({ status: 200, body: 'a' });
  expect(target.requests[0]).toMatchObject({
    url: '/rooms?x=1',
    headers: {
      host: name,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(rig.port),
    },
  });
});

test('the certificate holds for its names alone, and TLS 1.1 is refused', async () => {
  await rig.register(await rig.target('a'));
  await expect(get('/', 'other.example.com')).rejects.toThrow(/altnames/);
  await expect(handshake({ ca: undefined })).rejects.toThrow(/certificate/);
  const old = handshake({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  await expect(old).rejects.toThrow();
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await handshake({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  }
  // Browsers offer HTTP/2 first.
  const socket = await handshake({ ALPNProtocols: ['h2', 'http/1.1'] });
  expect(socket.alpnProtocol).toBe('http/1.1');
  socket.destroy();
});

test('one of a wildcard, and another certificate, take effect without a break for who is connected', async () => {
  await rig.register(await rig.target('a'));
  const open = await handshake();
  await rig.set({ listener: secure('*.example.com') });
  expect(await get('/', 'talk.example.com')).toMatchObject({ status: 200 });
  expect(await get('/')).toMatchObject({ status: 200 });
  open.write(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
  const [answer] = (await once(open, 'data')) as [Buffer];
  expect(String(answer)).toContain('200');
  open.destroy();
});

test('a WebSocket goes through TLS both ways, with its cookie', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  await rig.set({ group: { stickiness: { enabled: true, seconds: 60 } } });
  const socket = new WebSocket(`wss://127.0.0.1:${rig.port}/ws`, { ...trusting(), headers: { Host: name } });
  const [[upgrade], [greeting]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'message')]);
  expect(String(greeting)).toBe('a');
  expect(String((upgrade as IncomingMessage).headers['set-cookie'])).toContain('AWSALB=');
  const long = 'x'.repeat(200_000);
  socket.send(long);
  const [echo] = await once(socket, 'message');
  expect(String(echo)).toBe(long);
  socket.close();
  await once(socket, 'close');
});

test('plain HTTP on the port of HTTPS is cut, and the listener goes on', async () => {
  await rig.register(await rig.target('a'));
  await expect(rig.get('/')).rejects.toThrow();
  expect(await get('/')).toMatchObject({ status: 200 });
});

test('a listener that redirects sends to HTTPS with name, path and query', async () => {
  const port = await freePort();
  await rig.balancer.configure(
    [
      {
        arn: 'arn:plain',
        port,
        protocol: 'HTTP',
        idleTimeoutSeconds: 30,
        action: { type: 'redirect', protocol: 'HTTPS', port: '8443', statusCode: 301 },
      },
    ],
    [],
  );
  const answer = await fetch(`http://127.0.0.1:${port}/a/b?c=d&e`, { redirect: 'manual' });
  expect(answer.status).toBe(301);
  expect(answer.headers.get('location')).toBe('https://127.0.0.1:8443/a/b?c=d&e');
});
