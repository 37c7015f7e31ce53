import { createServer, type Server, type Socket } from 'node:net';

/** One port on several addresses. */
export interface Listeners {
  /** Listens on these addresses and no others; connections that stand, stay. Rejects where an address is taken. */
  place(hosts: string[]): Promise<void>;
}

export function listenOn(port: number, take: (socket: Socket) => void): Listeners {
  const servers = new Map<string, Server>();
  return {
    async place(hosts) {
      for (const [host, server] of servers) {
        if (hosts.includes(host)) continue;
        servers.delete(host);
        server.close();
      }
      for (const host of hosts) {
        if (servers.has(host)) continue;
        const server = createServer({ noDelay: true }, take);
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen({ host, port, exclusive: true }, resolve);
        });
        servers.set(host, server);
      }
    },
  };
}
