import type { State } from '../command.ts';

/** The Redis whose answers the conformance tests compare. */
export const version = '7.0.15';

/** The sections of INFO that anything here reads (https://redis.io/docs/latest/commands/info/). */
export function infoOf(state: State, wanted: string[], pid: number): string {
  const { keyspace, settings, clients } = state;
  const sections: [name: string, fields: Record<string, string | number>][] = [
    [
      'Server',
      {
        redis_version: version,
        server_name: 'chatops stand-in',
        redis_mode: 'standalone',
        process_id: pid,
        run_id: state.runId,
        tcp_port: settings.port,
        uptime_in_seconds: Math.floor((keyspace.now() - state.startedAt) / 1000),
      },
    ],
    ['Clients', { connected_clients: clients.size }],
    [
      'Memory',
      {
        used_memory: keyspace.memory,
        maxmemory: settings.maxmemory,
        // Whatever the parameter group says: nothing is ever evicted here.
        maxmemory_policy: 'noeviction',
      },
    ],
    ['Persistence', { loading: 0 }],
    [
      'Replication',
      { role: 'master', connected_slaves: 0, master_replid: state.replicationId, master_repl_offset: 0 },
    ],
    ['Keyspace', keyspace.size === 0 ? {} : { db0: `keys=${keyspace.size}` }],
  ];
  const names = wanted.map((name) => name.toLowerCase());
  const isAll = names.length === 0 || names.some((name) => ['default', 'all', 'everything'].includes(name));
  return sections
    .filter(([name]) => isAll || names.includes(name.toLowerCase()))
    .map(([name, fields]) => {
      const lines = Object.entries(fields).map(([field, value]) => `${field}:${value}\r\n`);
      return `# ${name}\r\n${lines.join('')}`;
    })
    .join('\r\n');
}
