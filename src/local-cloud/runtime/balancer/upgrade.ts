import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answer } from './answer.ts';
import { askTarget, chooseTarget, onConnectTimeout, relay, stickyHeaders, type Route } from './forward.ts';
import { responseHeaders } from './headers.ts';
import { responseOn } from './response-on.ts';
import { ignoreError, splice } from './splice.ts';

/**
 * Takes a WebSocket handshake to a target and, once the target has said 101, joins the two sockets for good. Not a byte
 * of the client's reaches the target before that, so that a refused upgrade cannot smuggle a second request.
 * A target that answers otherwise is relayed, and the connection closed.
 */
export function upgrade(request: IncomingMessage, socket: Socket, head: Buffer, route: Route): void {
  // From here on the socket is ours: without a listener its first error would end the process.
  socket.on('error', ignoreError);
  const target = hasBody(request) ? 400 : chooseTarget(request, route);
  if (typeof target === 'number') return answer(responseOn(request, socket), target);

  const upstream = askTarget(request, route, target, 'upgrade');
  const exchange = {
    cut() {
      upstream.destroy();
      socket.destroy();
    },
  };
  let settled = false;
  const settle = (finish: () => void) => {
    if (settled) return;
    settled = true;
    finish();
  };
  const refuse = (status: number) =>
    settle(() => {
      upstream.destroy();
      answer(responseOn(request, socket), status);
    });
  const abandon = () => {
    settled = true;
    upstream.destroy();
    target.end(exchange);
  };
  target.begin(exchange);

  socket.once('close', abandon);
  // Node's own listener would close the connection without a word.
  socket.removeAllListeners('timeout');
  socket.on('timeout', () => refuse(504));
  onConnectTimeout(upstream, () => refuse(504));
  upstream.on('error', () => refuse(502));
  upstream.on('close', () => refuse(502));
  upstream.on('response', (answered) =>
    settle(() => relay(answered, responseOn(request, socket), route, target)),
  );
  upstream.on('upgrade', (answered, joined, targetHead) => {
    if (settled) {
      joined.destroy();
      return;
    }
    settled = true;
    socket.removeListener('close', abandon);
    // Node would keep the whole handshake in memory for as long as the socket is open.
    Reflect.deleteProperty(joined, '_httpMessage');
    joined.setNoDelay(true);
    socket.setNoDelay(true);
    const idleMs = route.listener.idleTimeoutSeconds * 1000;
    // In this order: a draining target must not seem to have lost its last exchange in between.
    splice(socket, joined, idleMs, target);
    target.end(exchange);
    const headers = [...connection, ...responseHeaders(answered.rawHeaders), ...stickyHeaders(route, target)];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(headers)}\r\n`, 'latin1');
    if (targetHead.length > 0) socket.write(targetHead);
    if (head.length > 0) joined.write(head);
  });
  upstream.end();
}

const connection = ['Connection', 'Upgrade', 'Upgrade', 'websocket'];

/** Whether the upgrade asks for the one protocol that an ALB upgrades to. */
export function isWebSocket({ method, headers, httpVersion }: IncomingMessage): boolean {
  const protocols = (headers.upgrade ?? '').toLowerCase().split(',');
  return method === 'GET' && httpVersion === '1.1' && protocols.some((each) => each.trim() === 'websocket');
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

function lines(headers: string[]): string {
  let text = '';
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return text;
}
