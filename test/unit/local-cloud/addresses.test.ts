import { createServer } from 'node:net';
import { expect, test } from 'vitest';

import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const listening = (host: string, port: number) =>
  new Promise<() => void>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(() => server.close()));
  });

test('gives each claim of a port another loopback address on which it can be listened', async () => {
  const port = await freePort();
  const plan = createAddressPlan();
  const claims = await Promise.all(Array.from({ length: 20 }, () => plan.claim(port)));
  expect(new Set(claims.map(({ host }) => host)).size).toBe(20);
  for (const claim of claims) {
    expect(claim.port).toBe(port);
    expect(claim.host).toMatch(/^127\.\d+\.\d+\.\d+$/);
  }
  const closers = await Promise.all(claims.map(({ host }) => listening(host, port)));
  for (const close of closers) close();
});

test('passes over an address on which something else listens', async () => {
  const port = await freePort();
  const first = await createAddressPlan(() => 0.5).claim(port);
  const close = await listening(first.host, port);
  try {
    const second = await createAddressPlan(() => 0.5).claim(port);
    expect(second).toMatchObject({ port });
    expect(second.host).not.toBe(first.host);
  } finally {
    close();
  }
});

test('maps a port of 127.0.0.1 where the port is taken on every address', async () => {
  const port = await freePort();
  const close = await listening('0.0.0.0', port);
  try {
    const plan = createAddressPlan();
    const [one, two] = await Promise.all([plan.claim(port), plan.claim(port)]);
    expect(one.host).toBe('127.0.0.1');
    expect(one.port).not.toBe(port);
    expect(two.port).not.toBe(one.port);
    (await listening(one.host, one.port))();
  } finally {
    close();
  }
});
