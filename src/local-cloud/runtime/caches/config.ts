import type { CacheNodeSpec } from '../data-plane.ts';

/** Commands that ElastiCache keeps from its users (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RestrictedCommands.html), without those that replication needs. */
const restricted = ['BGREWRITEAOF', 'BGSAVE', 'CONFIG', 'DEBUG', 'MIGRATE', 'SAVE', 'SHUTDOWN'];

/** The configuration file of a cache node: on its one loopback address, in memory only. It carries the password, so keep it to its owner. Pure. */
export function configOf(spec: CacheNodeSpec): string {
  const directives: [string, ...string[]][] = [
    ['bind', spec.host],
    ['port', String(spec.port)],
    ['protected-mode', 'yes'],
    ['daemonize', 'no'],
    ['dir', spec.folder],
    ['logfile', ''],
    ['save', ''],
    ['appendonly', 'no'],
    // Replicas come one at a time here: none gains from waiting for others to share a transfer.
    ['repl-diskless-sync-delay', '0'],
    ...restricted.map((command): [string, ...string[]] => ['rename-command', command, '']),
    ...Object.entries(spec.parameters),
  ];
  if (spec.password !== undefined) {
    directives.push(['requirepass', spec.password], ['masterauth', spec.password]);
  }
  if (spec.replicaOf !== undefined) {
    directives.push(['replicaof', spec.replicaOf.host, String(spec.replicaOf.port)]);
  }
  return directives.map(([name, ...values]) => `${name} ${values.map(quoted).join(' ')}\n`).join('');
}

/** Redis reads a quoted value like a string of C. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
