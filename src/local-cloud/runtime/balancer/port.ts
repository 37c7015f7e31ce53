import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { BalancerListener } from '../data-plane.ts';
import { rawAnswer } from './answer.ts';
import { isWebSocket } from './upgrade.ts';

/** Who takes what arrives on a port. */
export interface PortHandlers {
  request(request: IncomingMessage, response: ServerResponse, listener: BalancerListener): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, listener: BalancerListener): void;
}

/** An open port of this machine, on 127.0.0.1 and, where there is one, ::1, with the listener that it serves. */
export interface Port {
  /** What it serves now. */
  readonly listener: BalancerListener;
  /** Clients that are connected now, and requests so far, upgrades among them. */
  readonly traffic: { clients: number; requests: number };
  /** Takes over a changed listener; a new idle timeout holds for open connections too. */
  update(listener: BalancerListener): void;
  /** Closes the port and every connection of it. */
  close(): void;
}

/** All request headers together, in bytes, as on an ALB. */
const maxHeaderSize = 65_536;
/** Method, path and version, in bytes, as on an ALB. */
export const maxRequestLine = 16_384;
/** Until the end of the headers, in milliseconds: a client that sends one byte now and then does not hold a connection for ever. */
const headersTimeout = 60_000;
/** How long a client has to read why its request was refused, in milliseconds. */
const lastWords = 1_000;

/** Opens the port of a listener; whether it encrypts stays as it is. Rejects with the error of `listen` (EADDRINUSE, EACCES) and leaves nothing open. */
export async function openPort(listener: BalancerListener, handlers: PortHandlers): Promise<Port> {
  let current = listener;
  // When each connection was opened, in milliseconds.
  const sockets = new Map<Socket, number>();
  let requests = 0;
  const servers = [newServer()];
  await listen(servers[0]!, listener.port, '127.0.0.1');
  try {
    const second = newServer();
    if (await listenIfThere(second, listener.port, '::1')) servers.push(second);
  } catch (error) {
    servers[0]!.close();
    throw error;
  }

  function newServer(): Server {
    const options = {
      maxHeaderSize,
      headersTimeout,
      requestTimeout: 0,
      // The idle timeout is the connection's, through all of its requests.
      keepAliveTimeout: 0,
      noDelay: true,
      // A missing Host is refused in the load balancer's own words, and for upgrades as well.
      requireHostHeader: false,
    };
    const { tls } = listener;
    // An ALB speaks HTTP/2 as well, but no WebSocket over it.
    const server: Server =
      tls === undefined
        ? createServer(options)
        : createTlsServer({ ...options, ...contextOf(tls), ALPNProtocols: ['http/1.1'] });
    server.maxHeadersCount = 0;
    server.timeout = current.idleTimeoutSeconds * 1000;
    server.on(connectionEvent(server), (socket: Socket) => {
      if (sockets.has(socket)) return;
      sockets.set(socket, performance.now());
      socket.once('close', () => sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      requests += 1;
      const age = performance.now() - (sockets.get(request.socket) ?? 0);
      if (age > (current.clientKeepAliveSeconds ?? Infinity) * 1000) response.shouldKeepAlive = false;
      handlers.request(request, response, current);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      requests += 1;
      if (isWebSocket(request)) handlers.upgrade(request, socket, head, current);
      else reread(server, request, socket, head);
    });
    server.on('connect', (_request, socket: Socket) => refuse(socket, 405));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      // One that never came to speak HTTP, too: an ALB says nothing but a TLS alert.
      const isTls = error.code?.startsWith('ERR_SSL_') ?? false;
      if (error.code === 'ECONNRESET' || isTls || !socket.writable) socket.destroy();
      else refuse(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400);
    });
    return server;
  }

  return {
    get listener() {
      return current;
    },
    get traffic() {
      return { clients: sockets.size, requests };
    },
    update(changed) {
      const idleMs = changed.idleTimeoutSeconds * 1000;
      if (changed.idleTimeoutSeconds !== current.idleTimeoutSeconds) {
        for (const server of servers) server.timeout = idleMs;
        for (const socket of sockets.keys()) socket.setTimeout(idleMs);
      }
      for (const server of servers) {
        if (server instanceof TlsServer && changed.tls) server.setSecureContext(contextOf(changed.tls));
      }
      current = changed;
    },
    close() {
      for (const server of servers) server.close();
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}

function contextOf({ certificate, key, minVersion }: NonNullable<BalancerListener['tls']>) {
  return { cert: certificate, key, minVersion };
}

/** A server that encrypts speaks HTTP once the handshake is over. */
function connectionEvent(server: Server): 'connection' | 'secureConnection' {
  return server instanceof TlsServer ? 'secureConnection' : 'connection';
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen({ port, host, backlog: 4096 });
  await once(server, 'listening');
}

/** False where the machine has no such address. */
async function listenIfThere(server: Server, port: number, host: string): Promise<boolean> {
  try {
    await listen(server, port, host);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return false;
    throw error;
  }
}

function refuse(socket: Socket, status: number): void {
  socket.on('error', () => undefined);
  // Closing with unread bytes would reset the connection, and the client would never see the answer.
  socket.resume();
  socket.end(rawAnswer(status, new Date()));
  const timer = setTimeout(() => socket.destroy(), lastWords);
  socket.once('close', () => clearTimeout(timer));
}

/**
 * A request that asks for another protocol (`curl --http2` asks for h2c) is an ordinary one to an ALB, but Node's server
 * has let go of its socket: give it the request again, without the wish.
 */
function reread(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method = 'GET', url = '/', rawHeaders } = request;
  let text = `${method} ${url} HTTP/${request.httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (/^(upgrade|http2-settings)$/i.test(rawHeaders[at]!)) continue;
    text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit(connectionEvent(server), socket);
}
