import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { TargetWatch } from './ecs/target-watch.ts';
import { adminServer } from './http/admin.ts';
import { routes } from './http/routes.ts';
import { readStaticFiles } from './http/static-files.ts';
import { upgrades } from './http/upgrade.ts';
import type { Logger } from './log.ts';
import { reasonOf } from './log.ts';
import { Meter } from './metrics/meter.ts';
import { metricsRegistry } from './metrics/registry.ts';
import { openBackplane } from './redis/open.ts';
import { Store } from './redis/store.ts';
import { Rooms } from './room/rooms.ts';
import { Writer } from './session/outbox.ts';
import { Sessions } from './session/sessions.ts';
import type { Settings } from './settings.ts';
import { tokenCheck } from './token/check.ts';

/** What the server is given besides its settings. */
export interface Surroundings {
  log: Logger;
  clock: Clock;
  /** Memory that the process may use; a quarter of it may be queued for slow readers. */
  memoryBytes: number;
  /** The folder of the page. */
  web: URL;
}

/** A node of the chat. */
export interface ChatServer {
  /** Starts to listen; resolves to the port. Redis may come later. */
  listen(): Promise<number>;
  /** Takes no more upgrades, sends everybody elsewhere and resolves when all are gone, at the latest after `drainSeconds`. */
  drain(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

// Above the load balancer's idle timeout, or it would reuse a connection that is just being closed.
const KEEP_ALIVE_MS = 350_000;
// A request that comes byte by byte holds its socket no longer than this.
const HEADERS_MS = 10_000;
// A node's death brings all of its clients to the others at once; what the queue has no room for waits a second and more.
const BACKLOG = 4096;
// Load balancers and people who look at the page need sockets too.
const SPARE_SOCKETS = 1000;

/** Builds a node out of its settings; nothing runs before `listen`. */
export function createChatServer(settings: Settings, surroundings: Surroundings): ChatServer {
  const { clock, log, memoryBytes, web } = surroundings;
  const id = `${settings.nodeName.replace(/\s/g, '-')}.${randomBytes(4).toString('hex')}`;
  const backplane = openBackplane(settings, clock, log, {
    onReady: () => void rooms.connected(),
    onDeaf: () => void rooms.listen(),
    onMessage: (channel, payload) => rooms.receive(channel, payload),
  });
  const meter = new Meter();
  const store = new Store(backplane, settings, log);
  const rooms = new Rooms(id, backplane, store, settings, clock, log, meter);
  const writer = new Writer(memoryBytes / 4, meter);
  const checkToken = settings.tokens && tokenCheck(settings.tokens);
  const sessions = new Sessions({ settings, clock, log, store, rooms, writer, meter, checkToken });
  let http: Server | undefined;
  let draining = false;
  let deregistered = false;
  const watch =
    settings.ecs &&
    new TargetWatch(settings.ecs, {
      port: settings.port,
      clock,
      log,
      everyMs: settings.targetWatchMs,
      nodes: () => rooms.nodes,
      onChange: (leaving) => {
        deregistered = leaving;
        log.info(leaving ? 'target drains' : 'target is back', { sessions: sessions.size });
        if (leaving) sessions.sendAway(settings.drainSeconds * 1000);
      },
    });
  const isLeaving = () => draining || deregistered;

  const health = {
    alive: () => backplane.everReached,
    notReady: async () => {
      if (isLeaving()) return 'draining';
      return store.ping().then(
        () => undefined,
        (error: unknown) => `redis: ${reasonOf(error)}`,
      );
    },
  };

  const identity = { node: settings.nodeName, version: settings.version };
  const admin =
    settings.admin &&
    adminServer({
      node: () => ({
        ...identity,
        connections: sessions.size,
        queuedBytes: writer.queued,
        leaving: isLeaving(),
        nodes: rooms.nodes,
        redis: backplane.available,
      }),
      rooms: () => rooms.overview(),
      metrics: metricsRegistry(meter, {
        version: settings.version,
        connections: () => sessions.size,
        rooms: () => rooms.count().rooms,
        members: () => rooms.count().members,
        nodes: () => rooms.nodes,
        queuedBytes: () => writer.queued,
        isLeaving,
        redis: () => backplane.available,
        ping: () => store.ping(),
      }),
    });

  return {
    async listen() {
      const limits = {
        headersTimeout: HEADERS_MS,
        requestTimeout: HEADERS_MS,
        connectionsCheckingInterval: 1000,
      };
      const server = createServer(limits, routes(await readStaticFiles(web), health, identity));
      http = server;
      server.maxConnections = settings.maxConnections + SPARE_SOCKETS;
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      const upgrade = upgrades(sessions, settings, isLeaving, meter);
      server.on('upgrade', (request, socket, head) => upgrade(request, socket as Socket, head));
      const port = await listening(server, settings);
      if (admin && settings.admin) {
        log.info('admin listening', { port: await listening(admin, settings.admin) });
      }
      backplane.connect();
      watch?.start();
      log.info('listening', { host: settings.host, port, version: settings.version });
      tellWhoMayChat(settings, log);
      return port;
    },
    async drain() {
      draining = true;
      log.info('draining', { sessions: sessions.size, seconds: settings.drainSeconds });
      await sessions.drain(settings.drainSeconds * 1000);
      log.info('drained');
      await this.close();
    },
    async close() {
      // Who came now would be closed by nobody, and waited for.
      draining = true;
      watch?.stop();
      sessions.close();
      await rooms.close();
      backplane.close();
      await Promise.all([closed(http), closed(admin)]);
    },
  };
}

function tellWhoMayChat({ tokens, anonymous }: Settings, log: Logger): void {
  if (!tokens) return log.warn('anybody may chat here, under any name: there is no sign-in');
  if (anonymous) log.warn('who has no token may chat too, under any name');
  if ('jwks' in tokens.key && tokens.audience === undefined) {
    log.warn('tokens that were made for other services are taken too: set TOKEN_AUDIENCE');
  }
}

async function listening(server: Server, { port, host }: { port: number; host: string }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server | undefined): Promise<void> {
  if (!server?.listening) return;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
