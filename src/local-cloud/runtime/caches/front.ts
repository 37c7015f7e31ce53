import { connect, type Socket } from 'node:net';
import { listenOn } from './listeners.ts';

/** Where a cache node takes connections while it takes both kinds. */
export interface Front {
  /** Listens on these addresses and no others; connections that stand, stay. */
  listen(hosts: string[]): Promise<void>;
  /** Ends every connection, too. */
  close(): Promise<void>;
}

/** The first octet of a TLS handshake. */
const handshake = 0x16;

/** Takes connections on one port and leads each to one of two others at `host`: to `secure` those that begin with a TLS handshake, to `plain` the rest. */
export function createFront(at: { host: string; port: number; plain: number; secure: number }): Front {
  const listeners = listenOn(at.port, lead);
  const sockets = new Set<Socket>();

  function lead(client: Socket): void {
    keep(client);
    client.once('data', (first) => {
      const port = Buffer.from(first)[0] === handshake ? at.secure : at.plain;
      const node = connect({ host: at.host, port });
      keep(node);
      node.setNoDelay(true);
      node.write(first);
      client.pipe(node).pipe(client);
      client.once('close', () => node.destroy());
      node.once('close', () => client.destroy());
    });
  }

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // `close` follows, and takes the other side along.
    socket.on('error', () => undefined);
  }

  return {
    listen: (hosts) => listeners.place(hosts),
    async close() {
      await this.listen([]);
      for (const socket of sockets) socket.destroy();
    },
  };
}
