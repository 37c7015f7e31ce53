import { createHash, randomBytes } from 'node:crypto';
import type { Target } from './target.ts';

/** A server's answer to an upgrade. */
export interface UpgradeAnswer {
  status: number;
  /** `name=value` of each cookie that it sets: the load balancer's stickiness. */
  cookies: string[];
  /** Retry-After in milliseconds. */
  retryAfterMs: number | undefined;
  /** Why a 101 is none. */
  problem: string | undefined;
}

const subprotocol = 'chatops.v1';
// RFC 6455, 1.3
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A fresh Sec-WebSocket-Key. */
export function newKey(): string {
  return randomBytes(16).toString('base64');
}

/** The request that asks a server for a WebSocket. */
export function upgradeRequest({ host, path }: Target, key: string, cookies: readonly string[]): string {
  const cookie = cookies.length === 0 ? '' : `Cookie: ${cookies.join('; ')}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n${cookie}\r\n`
  );
}

/** Reads the head of the answer, without its final empty line. */
export function readUpgradeAnswer(head: string, key: string): UpgradeAnswer {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  const values = (name: string) =>
    lines
      .filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`)
      .map((line) => line.slice(name.length + 1).trim());
  const retryAfter = Number(values('retry-after')[0] ?? Number.NaN);
  return {
    status,
    cookies: values('set-cookie').map((cookie) => cookie.split(';', 1)[0]!),
    retryAfterMs: retryAfter >= 0 ? retryAfter * 1000 : undefined,
    problem: status === 101 ? problemOf(values, key) : undefined,
  };
}

function problemOf(values: (name: string) => string[], key: string): string | undefined {
  const accept = createHash('sha1')
    .update(key + guid)
    .digest('base64');
  if (values('sec-websocket-accept')[0] !== accept) return 'wrong Sec-WebSocket-Accept';
  const chosen = values('sec-websocket-protocol')[0] ?? subprotocol;
  if (chosen !== subprotocol) return `subprotocol ${chosen}`;
  return values('sec-websocket-extensions').length > 0 ? 'an extension that was not offered' : undefined;
}
