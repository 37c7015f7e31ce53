import { randomBytes } from 'node:crypto';
import { listenOn } from '../caches/listeners.ts';
import { Channels } from './channels.ts';
import type { Client, Command, State } from './command.ts';
import { commands } from './commands/index.ts';
import { Connection } from './connection.ts';
import { Keyspace } from './keyspace.ts';
import type { ServerSettings } from './settings.ts';

/** A running server; everything that it has is in memory. */
export interface StandIn {
  /** Ends every connection, and resolves when it answers nowhere. */
  close(): Promise<void>;
}

interface Surroundings {
  /** The time in milliseconds since 1970. */
  now?: () => number;
  /** 40 hexadecimal digits; random ones where none are given. */
  replicationId?: string;
}

const sweepInterval = 100;

// By the microsecond: epochs are named after the moment that they begin.
const preciseNow = () => performance.timeOrigin + performance.now();

/** Starts a server that speaks Redis's protocol and has those of its commands that the chat server and chatops use. Rejects where it cannot listen. */
export async function startStandIn(
  settings: ServerSettings,
  { now = preciseNow, replicationId = randomBytes(20).toString('hex') }: Surroundings = {},
): Promise<StandIn> {
  const keyspace = new Keyspace(now);
  const connections = new Set<Connection>();
  let lastId = 0;
  const listeners = listenOn(settings.port, (socket) => {
    const connection = new Connection(state, socket, ++lastId);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  const state: State = {
    commands: namedAs(settings.renamed),
    keyspace,
    channels: new Channels<Client>(),
    settings,
    runId: randomBytes(20).toString('hex'),
    replicationId,
    scripts: new Set(),
    clients: new Set(),
    startedAt: now(),
    listen: (hosts) => listeners.place(hosts),
  };
  await listeners.place(settings.hosts);
  const sweeping = setInterval(() => keyspace.sweep(), sweepInterval).unref();
  return {
    async close() {
      clearInterval(sweeping);
      await listeners.place([]);
      for (const connection of connections) connection.end();
    },
  };
}

function namedAs(renamed: Map<string, string>): Map<string, Command> {
  const names = Object.entries(commands).map(([name, command]): [string, Command] => [
    renamed.get(name) ?? name,
    command,
  ]);
  return new Map(names.filter(([name]) => name !== ''));
}
