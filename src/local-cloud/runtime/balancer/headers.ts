import { randomBytes } from 'node:crypto';

/** Headers as `rawHeaders` has them: name, value, name, value, in the order and spelling of the wire. */
export type FlatHeaders = string[];

/** What belongs to one connection and never crosses the load balancer (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What a client may not remove by naming it in `Connection`: how the body is framed and whom the request is for. */
const protectedNames = new Set(['content-length', 'host', 'cookie']);

/** Who asked, for the X-Forwarded headers. */
export interface Client {
  address: string;
  /** The listener's. */
  port: number;
  protocol: 'http' | 'https';
  now: number;
  /** See BalancerListener. */
  dropInvalidHeaderFields?: boolean;
}

/** A request's headers as an ALB hands them on, without those that frame the body and those of the connection. */
export function requestHeaders(raw: FlatHeaders, client: Client): FlatHeaders {
  const kept: FlatHeaders = [];
  const forwardedFor: string[] = [];
  let traceId: string | undefined;
  eachEndToEnd(raw, (name, value, lower) => {
    if (client.dropInvalidHeaderFields === true && !/^[a-z0-9-]+$/.test(lower)) return;
    if (lower === 'x-forwarded-for') forwardedFor.push(value);
    else if (lower === 'x-amzn-trace-id') traceId ??= value;
    // Node has answered it: the body is on its way.
    else if (lower !== 'x-forwarded-proto' && lower !== 'x-forwarded-port' && lower !== 'expect') {
      kept.push(name, value);
    }
  });
  kept.push('X-Forwarded-For', [...forwardedFor, client.address].join(', '));
  kept.push('X-Forwarded-Proto', client.protocol);
  kept.push('X-Forwarded-Port', String(client.port));
  kept.push('X-Amzn-Trace-Id', traced(traceId, client.now));
  return kept;
}

/** A response's headers as an ALB hands them on, without those of the connection. */
export function responseHeaders(raw: FlatHeaders): FlatHeaders {
  const kept: FlatHeaders = [];
  eachEndToEnd(raw, (name, value) => kept.push(name, value));
  return kept;
}

/** Without `::ffff:`, which only says that the socket could have spoken IPv6 too. */
export function clientAddress(remote: string | undefined): string {
  return (remote ?? '').replace(/^::ffff:/, '');
}

function eachEndToEnd(raw: FlatHeaders, take: (name: string, value: string, lower: string) => void): void {
  const named = new Set<string>();
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== 'connection') continue;
    for (const token of (raw[at + 1] ?? '').split(',')) named.add(token.trim().toLowerCase());
  }
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || (named.has(lower) && !protectedNames.has(lower))) continue;
    take(name, raw[at + 1] ?? '', lower);
  }
}

/** As the ALB's page on request tracing says: a `Root` of our own where there is none, else a `Self` in front of what came. */
function traced(existing: string | undefined, now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  const id = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  if (existing === undefined) return `Root=${id}`;
  const rest = existing.split(';').filter((field) => !field.trim().startsWith('Self='));
  return [`Self=${id}`, ...rest].join(';');
}
