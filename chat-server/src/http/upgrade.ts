import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ServerOptions } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../protocol.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Settings } from '../settings.ts';

const CLOSE_MS = 5000;

/** Takes WebSocket upgrades on `/ws`, or answers why not with an HTTP status. */
export function upgrades(
  sessions: Sessions,
  settings: Settings,
  isDraining: () => boolean,
): (request: IncomingMessage, socket: Socket, head: Buffer) => void {
  // Frames are written to the socket as they are, so nothing may be compressed.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.clientFrameBytes,
    closeTimeout: CLOSE_MS,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  };
  const ws = new WebSocketServer(options);
  return (request, socket, head) => {
    const status = refusal(request, settings, isDraining() || sessions.size >= settings.maxConnections);
    if (status) return refuse(socket, status);
    ws.handleUpgrade(request, socket, head, (client) => sessions.add(client, socket));
  };
}

function refusal(request: IncomingMessage, settings: Settings, isFull: boolean): number | undefined {
  if ((request.url ?? '').split('?')[0] !== '/ws') return 404;
  if (!isOwnOrigin(request, settings.origins)) return 403;
  const offered = request.headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) return 400;
  return isFull ? 503 : undefined;
}

// Programs send no Origin; a browser always does, and cannot be made to lie about it.
function isOwnOrigin({ headers }: IncomingMessage, allowed: string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || allowed.includes('*')) return true;
  if (allowed.length > 0) return allowed.includes(origin.toLowerCase());
  return URL.canParse(origin) && new URL(origin).host === headers.host?.toLowerCase();
}

function refuse(socket: Socket, status: number): void {
  socket.on('error', () => {});
  const retry = status === 503 ? 'Retry-After: 1\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
