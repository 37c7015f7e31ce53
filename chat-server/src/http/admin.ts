import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';

/** What the people who run a node may see; everything is counted on this node unless it says otherwise. */
export interface AdminView {
  node(): object;
  rooms(): { room: string; members: number }[];
  /** In the text format of Prometheus, with its content type. */
  metrics: { contentType: string; metrics(): Promise<string> };
}

const MOST = 1000;

/**
 * Answers `/node` and `/rooms` (the fullest thousand) as JSON and `/metrics` for Prometheus, on a port of its own: none of it
 * is for everybody. Refuses what a web page asks.
 */
export function adminServer(view: AdminView): Server {
  return createServer((request, response) => {
    answer(view, request)
      .then(({ status = 200, type = 'application/json', body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      })
      .catch(() => response.destroy());
  });
}

interface Answer {
  status?: number;
  type?: string;
  body: string;
}

async function answer(view: AdminView, request: IncomingMessage): Promise<Answer> {
  const { method, url } = request;
  if (method !== 'GET' || isFromPage(request))
    return json({ error: 'only GET, and not from a web page' }, 403);
  switch ((url ?? '/').split('?')[0]) {
    case '/node':
      return json(view.node());
    case '/rooms':
      return json(fullest(view.rooms()));
    case '/metrics':
      return { type: view.metrics.contentType, body: await view.metrics.metrics() };
    default:
      return json({ error: 'there is /node, /rooms and /metrics' }, 404);
  }
}

// A page whose own name has been led to this machine (DNS rebinding) asks like a program, but under that name.
function isFromPage({ headers, socket }: IncomingMessage): boolean {
  if (headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site') return true;
  const host = `http://${headers.host}`;
  return isHere(socket.localAddress) && !(URL.canParse(host) && isHere(new URL(host).hostname));
}

function isHere(name = ''): boolean {
  return /^(localhost|\[?::1\]?|(::ffff:)?127(\.\d+){3})$/.test(name);
}

function json(value: object, status = 200): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
}

function fullest(rooms: { room: string; members: number }[]): object {
  const shown = rooms.toSorted((a, b) => b.members - a.members).slice(0, MOST);
  return { count: rooms.length, rooms: shown };
}
