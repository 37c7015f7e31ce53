import type { CacheNodeSpec } from '../data-plane.ts';

/** Commands that ElastiCache keeps from its users (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RestrictedCommands.html), without those that replication needs. */
const restricted = ['BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'MIGRATE', 'SAVE', 'SHUTDOWN'];

/**
 * The configuration file of a cache node: on its loopback addresses, in memory only. It carries passwords, and the
 * name under which CONFIG is hidden from users, so keep it to its owner. Pure.
 */
export function configOf(spec: CacheNodeSpec, hiddenConfig: string): string {
  const directives: [string, ...string[]][] = [
    ['bind', ...hostsOf(spec)],
    ['port', String(spec.port)],
    ['protected-mode', 'yes'],
    ['daemonize', 'no'],
    ['dir', spec.folder],
    ['logfile', ''],
    ['save', ''],
    ['appendonly', 'no'],
    // Replicas come one at a time here: none gains from waiting for others to share a transfer.
    ['repl-diskless-sync-delay', '0'],
    ['rename-command', 'CONFIG', hiddenConfig],
    ...restricted.map((command): [string, ...string[]] => ['rename-command', command, '']),
    ...Object.entries(spec.parameters),
  ];
  const password = spec.passwords?.at(-1);
  if (password !== undefined) {
    directives.push(['user', 'default', 'on', ...passwordRules(spec), '~*', '&*', '+@all']);
    directives.push(['masterauth', password]);
  }
  if (spec.replicaOf !== undefined) {
    directives.push(['replicaof', spec.replicaOf.host, String(spec.replicaOf.port)]);
  }
  return directives.map(([name, ...values]) => `${name} ${values.map(quoted).join(' ')}\n`).join('');
}

/** What brings a running node to the properties that `change` names. Pure. */
export function commandsFor(
  spec: CacheNodeSpec,
  change: Partial<CacheNodeSpec>,
  hiddenConfig: string,
): string[][] {
  const commands: string[][] = [];
  if ('passwords' in change) {
    commands.push(['ACL', 'SETUSER', 'default', ...passwordRules(spec)]);
    commands.push([hiddenConfig, 'SET', 'masterauth', spec.passwords?.at(-1) ?? '']);
  }
  // A new listener on the endpoint must not take writes that it is about to refuse, nor an old one go on taking them.
  const addresses = 'alsoAt' in change ? [[hiddenConfig, 'SET', 'bind', hostsOf(spec).join(' ')]] : [];
  const { replicaOf } = spec;
  if (!('replicaOf' in change)) commands.push(...addresses);
  else if (replicaOf === undefined) commands.push(['REPLICAOF', 'NO', 'ONE'], ...addresses);
  else commands.push(...addresses, ['REPLICAOF', replicaOf.host, String(replicaOf.port)]);
  return commands;
}

function hostsOf({ host, alsoAt = [] }: CacheNodeSpec): string[] {
  return [host, ...alsoAt];
}

function passwordRules({ passwords = [] }: CacheNodeSpec): string[] {
  return passwords.length === 0 ? ['nopass'] : ['resetpass', ...passwords.map((password) => `>${password}`)];
}

/** Redis reads a quoted value like a string of C. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
