import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { StaticFile } from './static-files.ts';

/** What the routes ask of the server. */
export interface Health {
  /** Redis was reached at least once. */
  alive(): boolean;
  /** Redis answers and the node is not draining; resolves to why not otherwise. */
  notReady(): Promise<string | undefined>;
}

const SECURITY = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Answers plain HTTP: the page, its files, `/livez` and `/readyz`. */
export function routes(files: Map<string, StaticFile>, health: Health, node: object): RequestListener {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0]!;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendJson(response, 405, { error: 'only GET and HEAD' }, { allow: 'GET, HEAD' });
    }
    if (path === '/livez') {
      const alive = health.alive();
      return sendJson(response, alive ? 200 : 503, { alive, ...node });
    }
    if (path === '/readyz') {
      const reason = await health.notReady();
      return sendJson(response, reason ? 503 : 200, { ready: !reason, ...(reason && { reason }), ...node });
    }
    if (path === '/ws') {
      return sendJson(response, 426, { error: 'this path speaks WebSocket' }, { upgrade: 'websocket' });
    }
    const isPage = path === '/' || /^\/r\/[^/]*$/.test(path);
    const file = files.get(isPage ? '/index.html' : path);
    if (!file) return sendJson(response, 404, { error: 'not found' });
    sendFile(request, response, file);
  };
  return (request, response) => {
    respond(request, response).catch(() => response.destroy());
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  // Nodes of two versions answer during a deploy, so each file is asked for anew and mostly answered 304.
  const headers = { ...SECURITY, etag: file.etag, 'cache-control': 'no-cache' };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': file.type, 'content-length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...SECURITY,
    ...headers,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
