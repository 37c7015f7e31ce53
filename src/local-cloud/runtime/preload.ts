import { Server, Socket } from 'node:net';

import { rebind, redirect } from './tasks/rebind.ts';

/**
 * Loaded into a task's Node before its own code (`--import preload.js?3000=127.1.2.3:3000`): whoever listens on the
 * container port gets the task's own loopback address, and whoever connects to it on localhost gets there. The mapping travels in the address of this module, so that the
 * task's environment stays as the task definition says, and forked processes have it too.
 */
const [mapping] = new URL(import.meta.url).searchParams;

if (mapping !== undefined) {
  const [containerPort, bind] = mapping;
  const colon = bind.lastIndexOf(':');
  const target = { host: bind.slice(0, colon), port: Number(bind.slice(colon + 1)) };
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the server it was called on
  const listen = Server.prototype.listen as (...args: unknown[]) => Server;
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    return listen.apply(this, rebind(args, Number(containerPort), target));
  };
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the socket it was called on
  const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    return connect.apply(this, redirect(args, Number(containerPort), target));
  };
}
