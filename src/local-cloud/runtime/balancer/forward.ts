import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { BalancerListener } from '../data-plane.ts';
import { answer, connectionHeader } from './answer.ts';
import { boundTarget, stickyCookies } from './cookie.ts';
import { clientAddress, requestHeaders, responseHeaders, type FlatHeaders } from './headers.ts';
import type { Target } from './target.ts';
import type { TargetGroup } from './target-group.ts';

/** What a request needs to know of the load balancer around it. */
export interface Route {
  listener: BalancerListener;
  group: TargetGroup;
  cookieKey: Buffer;
}

/** How long an ALB waits for a target to accept a connection, in milliseconds. */
const connectTimeout = 10_000;

/** One for all: what it connects leaves it with the upgrade, or closes. */
const upgradeAgent = new Agent({ keepAlive: false });

/** All response headers together, in bytes. */
const maxHeaderSize = 65_536;

/** Above this an ALB's X-Forwarded-For is too long: it answers 463. */
const forwardedForMaximum = 30;

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/**
 * Hands one request to a target and its answer back. The load balancer itself answers 463 or 503 where it does not even
 * try, 502 when the target refuses, closes or talks nonsense, 504 when it does not accept in 10 seconds or answer before
 * the idle timeout, 408 when it is the client that sends nothing.
 */
export function forward(request: IncomingMessage, response: ServerResponse, route: Route): void {
  const target = chooseTarget(request, route);
  if (typeof target === 'number') return answer(response, target);

  const upstream = askTarget(request, route, target, 'request');
  const exchange = {
    cut() {
      upstream.destroy();
      response.destroy();
    },
  };
  target.begin(exchange);
  let settled = false;
  const settle = (finish: () => void) => {
    if (settled) return;
    settled = true;
    finish();
  };
  const giveUp = (status: number) =>
    settle(() => {
      upstream.destroy();
      answer(response, status);
    });

  request.pipe(upstream);
  onConnectTimeout(upstream, () => giveUp(504));
  upstream.on('error', () => giveUp(502));
  upstream.on('close', () => giveUp(502));
  upstream.on('response', (answered) => settle(() => relay(answered, response, route, target)));
  // Not a byte in either direction for the idle timeout; having a listener keeps Node from closing the connection itself.
  response.on('timeout', () => {
    if (settled) response.destroy();
    response.shouldKeepAlive &&= request.complete;
    giveUp(request.complete ? 504 : 408);
  });
  response.on('close', () => {
    settled = true;
    if (!response.writableFinished) upstream.destroy();
    target.end(exchange);
  });
}

/** The target for a request, or the status to answer with where there is none. */
export function chooseTarget(request: IncomingMessage, { group, cookieKey }: Route): Target | number {
  const hops = request.headers['x-forwarded-for'];
  if (hops !== undefined && String(hops).split(',').length > forwardedForMaximum) return 463;
  const bound = group.config.stickiness.enabled
    ? boundTarget(cookieKey, request.headers.cookie, { targetGroupArn: group.config.arn, now: Date.now() })
    : undefined;
  return group.choose(bound) ?? 503;
}

/** The request to the target, headers set, body still to come; for an upgrade on a connection of its own. */
export function askTarget(
  request: IncomingMessage,
  { listener }: Route,
  target: Target,
  kind: 'request' | 'upgrade',
): ReturnType<typeof httpRequest> {
  const method = request.method ?? 'GET';
  const headers = requestHeaders(request.rawHeaders, {
    address: clientAddress(request.socket.remoteAddress),
    port: listener.port,
    protocol: listener.protocol === 'HTTPS' ? 'https' : 'http',
    now: Date.now(),
    dropInvalidHeaderFields: listener.dropInvalidHeaderFields,
  });
  if (kind === 'upgrade') headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  else {
    headers.push('Connection', 'keep-alive');
    // The parser has refused a request with both; what frames the body to the target is decided here alone.
    if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
    else if (request.headers['content-length'] === undefined && !bodiless.has(method)) {
      headers.push('Content-Length', '0');
    }
  }
  return httpRequest({
    host: target.host,
    port: target.port,
    method,
    path: originForm(request.url ?? '/'),
    headers,
    agent: kind === 'upgrade' ? upgradeAgent : target.agent,
    maxHeaderSize,
  });
}

/** Hands a target's answer on, with the stickiness cookies renewed. */
export function relay(
  answered: IncomingMessage,
  response: ServerResponse,
  route: Route,
  target: Target,
): void {
  const headers = [...responseHeaders(answered.rawHeaders), ...stickyHeaders(route, target)];
  try {
    response.writeHead(answered.statusCode ?? 502, answered.statusMessage ?? '', [
      ...headers,
      ...connectionHeader(response),
    ]);
  } catch {
    // Something that Node's reader lets pass and its writer does not, such as a control character.
    answered.destroy();
    return answer(response, 502);
  }
  // A target that stops in the middle: the client must not take the half for the whole.
  answered.on('error', () => response.destroy());
  answered.pipe(response);
}

/** `Set-Cookie` headers that bind the client to the target, or none where the group is not sticky. */
export function stickyHeaders({ listener, group, cookieKey }: Route, target: Target): FlatHeaders {
  const { arn, stickiness } = group.config;
  if (!stickiness.enabled) return [];
  const [own, cors] = stickyCookies(
    cookieKey,
    { targetGroupArn: arn, targetId: target.id },
    { seconds: stickiness.seconds, now: Date.now(), secure: listener.protocol === 'HTTPS' },
  );
  return ['Set-Cookie', own, 'Set-Cookie', cors];
}

/** Calls `late` when the target has not accepted the connection in time. Leaves nothing behind on the socket, which may stay open for days. */
export function onConnectTimeout(upstream: ReturnType<typeof httpRequest>, late: () => void): void {
  upstream.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(late, connectTimeout);
    const done = () => {
      clearTimeout(timer);
      socket.removeListener('connect', done);
      socket.removeListener('close', done);
    };
    socket.on('connect', done);
    socket.on('close', done);
  });
}

/** `/path?query`, where a client sent the form for proxies, `http://host/path?query`. */
function originForm(url: string): string {
  const path = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (path === undefined) return url;
  return path.startsWith('/') ? path : `/${path}`;
}
