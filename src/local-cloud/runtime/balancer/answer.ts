import { STATUS_CODES, type ServerResponse } from 'node:http';

/** The reasons that an ALB spells in its own way. */
const reasons: Record<number, string> = {
  414: 'Request-URI Too Large',
  463: '',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

const server = 'awselb/2.0';

/** Answers in the load balancer's own name, with the body that an ALB sends; `headers` are further ones. */
export function answer(
  response: ServerResponse,
  status: number,
  { headers = [], body }: { headers?: string[]; body?: { type: string; text: string } } = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const content = body ?? { type: 'text/html', text: page(status) };
  const own = ['Server', server, 'Content-Type', content.type];
  const length = ['Content-Length', String(Buffer.byteLength(content.text))];
  response.writeHead(status, reasonOf(status), [
    ...own,
    ...length,
    ...headers,
    ...connectionHeader(response),
  ]);
  response.end(content.text);
}

/** `Connection` as an ALB sends it; saying it ourselves keeps Node from adding a `Keep-Alive` of its own. */
export function connectionHeader(response: ServerResponse): [string, string] {
  return ['Connection', response.shouldKeepAlive ? 'keep-alive' : 'close'];
}

/** A whole answer as text, for a connection whose request could not be read. */
export function rawAnswer(status: number, now: Date): string {
  const text = page(status);
  return [
    `HTTP/1.1 ${status} ${reasonOf(status)}`,
    `Server: ${server}`,
    `Date: ${now.toUTCString()}`,
    'Content-Type: text/html',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
    '',
    text,
  ].join('\r\n');
}

function page(status: number): string {
  const title = `${status} ${reasonOf(status)}`.trim();
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
}

function reasonOf(status: number): string {
  return reasons[status] ?? STATUS_CODES[status] ?? '';
}
