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

async function answer(view: AdminView, { method, url, headers }: IncomingMessage): Promise<Answer> {
  const fromPage = headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site';
  if (method !== 'GET' || fromPage) return json({ error: 'only GET, and not from a web page' }, 403);
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

function json(value: object, status = 200): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
}

function fullest(rooms: { room: string; members: number }[]): object {
  const shown = rooms.toSorted((a, b) => b.members - a.members).slice(0, MOST);
  return { count: rooms.length, rooms: shown };
}
