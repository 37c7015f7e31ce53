import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ServerOptions } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../protocol.ts';
import type { Meter, Refusal } from '../metrics/meter.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Settings } from '../settings.ts';

const CLOSE_MS = 5000;

/** Takes WebSocket upgrades on `/ws`, or answers why not with an HTTP status. */
export function upgrades(
  sessions: Sessions,
  settings: Settings,
  isDraining: () => boolean,
  meter: Meter,
): (request: IncomingMessage, socket: Socket, head: Buffer) => void {
  // Frames are written to the socket as they are, so nothing may be compressed.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // A session answers pings itself: who sends them and does not read is a slow reader like any other.
    autoPong: false,
    maxPayload: LIMITS.clientFrameBytes,
    closeTimeout: CLOSE_MS,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  };
  const ws = new WebSocketServer(options);
  return (request, socket, head) => {
    const full = sessions.size >= settings.maxConnections ? 'full' : undefined;
    const reason = refusal(request, settings) ?? (isDraining() ? 'draining' : full);
    if (reason) {
      meter.refused[reason]++;
      return refuse(socket, STATUS[reason]);
    }
    ws.handleUpgrade(request, socket, head, (client) => sessions.add(client, socket));
  };
}

const STATUS: Record<Refusal, number> = {
  'not-found': 404,
  'foreign-origin': 403,
  subprotocol: 400,
  draining: 503,
  full: 503,
};

function refusal(request: IncomingMessage, settings: Settings): Refusal | undefined {
  if ((request.url ?? '').split('?')[0] !== '/ws') return 'not-found';
  if (!isOwnOrigin(request, settings.origins)) return 'foreign-origin';
  const offered = request.headers['sec-websocket-protocol'];
  const isOurs = offered === undefined || offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
  return isOurs ? undefined : 'subprotocol';
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
