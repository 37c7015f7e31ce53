/** The server under test, as plain data: what every worker needs to reach it. */
export interface Target {
  tls: boolean;
  /** For the Host header. */
  host: string;
  hostname: string;
  port: number;
  /** Path and query. */
  path: string;
  /** Where to connect to in place of the hostname, which may not lead there yet, or not from here. */
  via?: string | undefined;
  /** Name that the certificate has to be for; default: the hostname. */
  serverName?: string | undefined;
  /** An authority (PEM) to trust besides the known ones. */
  authority?: string | undefined;
  /** Addresses of the host; clients take turns. */
  addresses: string[];
}

/** What the URL says of it. */
export type ParsedTarget = Omit<Target, 'addresses'>;

const schemes: Record<string, { tls: boolean; port: number }> = {
  'http:': { tls: false, port: 80 },
  'ws:': { tls: false, port: 80 },
  'https:': { tls: true, port: 443 },
  'wss:': { tls: true, port: 443 },
};

/** Reads `ws:`, `wss:`, `http:` and `https:` URLs; the path is `/ws` where none is given. Throws an Error that says what is allowed. */
export function parseTarget(text: string): ParsedTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url && schemes[url.protocol];
  if (url === undefined || scheme === undefined || url.hostname === '')
    throw new Error('must be a URL such as ws://127.0.0.1:8080 or https://chat.example.com.');
  return {
    tls: scheme.tls,
    host: url.host,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? scheme.port : Number(url.port),
    path: `${url.pathname === '/' ? '/ws' : url.pathname}${url.search}`,
  };
}

/** Whether an address is of this machine's 127.0.0.0/8, whose every address may be a source. */
export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address);
}
