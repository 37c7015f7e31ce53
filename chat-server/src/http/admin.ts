import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** What the people who run a node may see; everything is counted on this node unless it says otherwise. */
export interface AdminView {
  node(): object;
  rooms(): { room: string; members: number }[];
}

const MOST = 1000;

/** Answers `/node` and `/rooms` (the fullest thousand) as JSON, on a port of its own: names of rooms are not for everybody. Refuses what a web page asks. */
export function adminServer(view: AdminView): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const fromPage =
      request.headers.origin !== undefined || request.headers['sec-fetch-site'] === 'cross-site';
    const [status, body] =
      request.method !== 'GET' || fromPage
        ? [403, { error: 'only GET, and not from a web page' }]
        : path === '/node'
          ? [200, view.node()]
          : path === '/rooms'
            ? [200, fullest(view.rooms())]
            : [404, { error: 'there is /node and /rooms' }];
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(`${JSON.stringify(body)}\n`);
  });
}

function fullest(rooms: { room: string; members: number }[]): object {
  const shown = rooms.toSorted((a, b) => b.members - a.members).slice(0, MOST);
  return { count: rooms.length, rooms: shown };
}
