import { createServer } from 'node:net';

import type { AddressPlan } from './data-plane.ts';

/** Tries per claim before a port counts as taken on every address (something listens on 0.0.0.0). */
const tries = 8;

/**
 * Loopback addresses of one daemon: `127.R.x.y` with a random R and start, handed out one after the other, so that
 * two local clouds rarely meet and an address is not used again soon. Each is probed by listening on it. Where
 * aliases are missing (macOS), the port is privileged or taken on every address, 127.0.0.1 with a free port is mapped.
 */
export function createAddressPlan(random: () => number = Math.random): AddressPlan {
  const second = 16 + Math.floor(random() * 200);
  let next = Math.floor(random() * 250 * 254);
  const claimed = new Set<string>();

  async function alias(port: number): Promise<string | undefined> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const host = `127.${second}.${1 + (Math.floor(next / 254) % 250)}.${1 + (next % 254)}`;
      next += 1;
      if (claimed.has(`${host}:${port}`)) continue;
      // Taken before the probe, so that two claims at once never probe the same address.
      claimed.add(`${host}:${port}`);
      const result = await probe(host, port);
      if (typeof result === 'number') return host;
      claimed.delete(`${host}:${port}`);
      if (result !== 'EADDRINUSE') return undefined;
    }
    return undefined;
  }

  return {
    async claim(port) {
      const host = await alias(port);
      if (host !== undefined) return { host, port };
      for (;;) {
        const free = await probe('127.0.0.1', 0);
        if (typeof free === 'string') throw new Error(`no free port on 127.0.0.1: ${free}`);
        const key = `127.0.0.1:${free}`;
        if (claimed.has(key)) continue;
        claimed.add(key);
        return { host: '127.0.0.1', port: free };
      }
    },
    release(host, port) {
      claimed.delete(`${host}:${port}`);
    },
  };
}

/** Listens for a moment: the port that was bound, or the error code. */
function probe(host: string, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
