import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { startBalancer, type BalancerProcess } from '../../../src/local-cloud/runtime/balancer.ts';
import type {
  BalancerListener,
  BalancerTargetGroup,
  TargetHealth,
} from '../../../src/local-cloud/runtime/data-plane.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';

/** A small server behind the load balancer: says its name, echoes WebSockets, and is healthy until told otherwise. */
export interface TestTarget {
  name: string;
  server: Server;
  sockets: WebSocketServer;
  port: number;
  /** Status code of the health check. */
  health: number;
  /** How many requests other than health checks came in, and their headers. */
  requests: { method: string; url: string; headers: IncomingHttpHeaders; rawHeaders: string[] }[];
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const groupArn = 'arn:aws:elasticloadbalancing:local:000000000000:targetgroup/chat/0123456789abcdef';

/** One load balancer process with one listener and one target group, and small servers behind it; `close` ends all of it. */
export async function startRig() {
  const { balancer: entry } = await bundlePrograms(['balancer']);
  const port = await freePort();
  const balancer = startBalancer({ entry });
  const targets: TestTarget[] = [];
  let group: BalancerTargetGroup = {
    arn: groupArn,
    stickiness: { enabled: false, seconds: 3600 },
    algorithm: 'round_robin',
    deregistrationDelaySeconds: 60,
    healthCheck: {
      path: '/livez',
      matcher: '200',
      intervalSeconds: 0.05,
      timeoutSeconds: 0.5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    targets: [],
  };
  let listener: BalancerListener = {
    arn: 'arn:listener',
    port,
    protocol: 'HTTP',
    idleTimeoutSeconds: 30,
    action: { type: 'forward', targetGroups: [{ arn: groupArn, weight: 1 }] },
  };

  const rig = {
    balancer,
    entry,
    port,
    get group() {
      return group;
    },
    get listener() {
      return listener;
    },
    /** Changes settings of the group or the listener and puts them in force. */
    async set(change: { group?: Partial<BalancerTargetGroup>; listener?: Partial<BalancerListener> }) {
      group = { ...group, ...change.group };
      listener = { ...listener, ...change.listener };
      await balancer.configure([listener], [group]);
    },
    async target(name: string, handler?: RequestListener): Promise<TestTarget> {
      const made = await startTarget(name, handler);
      targets.push(made);
      return made;
    },
    /** Registers exactly these targets and resolves when they are all healthy. */
    async register(...wanted: TestTarget[]): Promise<void> {
      await rig.set({ group: { targets: wanted.map((each) => registered(each)) } });
      await Promise.all(wanted.map((each) => rig.until(each, (health) => health?.state === 'healthy')));
    },
    /** Starts to drain some of the registered targets. */
    async drain(...leaving: TestTarget[]): Promise<void> {
      const names = new Set(leaving.map(idOf));
      await rig.set({
        group: { targets: group.targets.map((each) => ({ ...each, draining: names.has(each.id) })) },
      });
    },
    /** Resolves with a target's health as soon as it satisfies the condition. */
    until(target: TestTarget, holds: (health: TargetHealth | undefined) => boolean) {
      return healthUntil(balancer, target, holds);
    },
    health: (target: TestTarget) => balancer.health(groupArn, idOf(target)),
    get: (path = '/', options: { cookie?: string; headers?: Record<string, string> } = {}) =>
      ask(port, path, options),
    async socket(
      cookie?: string,
    ): Promise<{ socket: WebSocket; headers: IncomingHttpHeaders; name: string }> {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: cookie ? { cookie } : {} });
      const upgraded = once(socket, 'upgrade');
      const greeted = once(socket, 'message');
      const [[response], [greeting]] = await Promise.all([upgraded, greeted]);
      return { socket, headers: response.headers, name: String(greeting) };
    },
    async close(): Promise<void> {
      await balancer.close();
      await Promise.all(targets.map((target) => target.close()));
    },
  };
  return rig;
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** How the API would name a target. */
export function idOf({ name, port }: TestTarget): string {
  return `${name}:${port}`;
}

export function registered(target: TestTarget): BalancerTargetGroup['targets'][number] {
  return { id: idOf(target), host: '127.0.0.1', port: target.port, draining: false };
}

/** The Cookie header that a browser would send back. */
export function cookieJar(headers: IncomingHttpHeaders): string {
  return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function startTarget(name: string, handler?: RequestListener): Promise<TestTarget> {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/livez') {
      response.writeHead(target.health).end();
      return;
    }
    const { method = '', url = '', headers, rawHeaders } = incoming;
    target.requests.push({ method, url, headers, rawHeaders });
    if (handler !== undefined) handler(incoming, response);
    else response.end(name);
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.send(name);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target: TestTarget = {
    name,
    server,
    sockets,
    port: (server.address() as AddressInfo).port,
    health: 200,
    requests: [],
    async close() {
      if (!server.listening) return;
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return target;
}

function healthUntil(
  balancer: BalancerProcess,
  target: TestTarget,
  holds: (health: TargetHealth | undefined) => boolean,
): Promise<TargetHealth | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const health = balancer.health(groupArn, idOf(target));
      if (!holds(health)) return;
      stop();
      resolve(health);
    };
    const stop = balancer.onChange(look);
    look();
  });
}

function ask(
  port: number,
  path: string,
  { cookie, headers }: { cookie?: string; headers?: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: '127.0.0.1',
      path,
      agent: false,
      headers: { ...headers, ...(cookie ? { cookie } : {}) },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.end();
  });
}
