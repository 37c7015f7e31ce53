import { join } from 'node:path';
import type { CacheNodeSpec } from '../data-plane.ts';
import type { CacheAddress } from './ask.ts';

/** Commands that ElastiCache keeps from its users (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RestrictedCommands.html), without those that replication needs. */
const restricted = ['BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'SAVE', 'SHUTDOWN'];

/** Where a node's certificate, its key and the certificate of the authority are, in its folder. */
export const tlsFiles = { certificate: 'certificate.pem', key: 'key.pem', authority: 'authority.pem' };

/**
 * The configuration file of a cache node: on its loopback addresses, in memory only. It carries passwords, and the
 * name under which CONFIG is hidden from users (MIGRATE: {@link hiddenMigrate}), so keep it to its owner. Pure.
 */
export function configOf(spec: CacheNodeSpec, hiddenConfig: string): string {
  const directives: [string, ...string[]][] = [
    // A cluster's bus would stay on every address of the start: the others come later.
    ['bind', ...(spec.cluster === true ? [spec.host] : hostsOf(spec))],
    ...transit(spec),
    ['protected-mode', 'yes'],
    ['daemonize', 'no'],
    ['dir', spec.folder],
    ['logfile', ''],
    ['save', ''],
    ['appendonly', 'no'],
    // Replicas come one at a time here: none gains from waiting for others to share a transfer.
    ['repl-diskless-sync-delay', '0'],
    ['rename-command', 'CONFIG', hiddenConfig],
    ['rename-command', 'MIGRATE', hiddenMigrate(hiddenConfig)],
    ...restricted.map((command): [string, ...string[]] => ['rename-command', command, '']),
    ...Object.entries(spec.parameters),
    ...(spec.cluster === true ? clusterDirectives(spec) : []),
  ];
  const password = spec.passwords?.at(-1);
  if (password !== undefined) {
    directives.push(['user', 'default', 'on', ...passwordRules(spec), '~*', '&*', '+@all']);
    directives.push(['masterauth', password]);
  }
  if (spec.replicaOf !== undefined && spec.cluster !== true) {
    directives.push(['replicaof', spec.replicaOf.host, String(spec.replicaOf.port)]);
  }
  return directives.map(([name, ...values]) => `${name} ${values.map(quoted).join(' ')}\n`).join('');
}

/** The name under which MIGRATE is hidden where CONFIG has this one. */
export function hiddenMigrate(hiddenConfig: string): string {
  return `m${hiddenConfig}`;
}

/** Where the nodes of a cluster speak with one another. */
export function busPortOf({ port }: Pick<CacheNodeSpec, 'port'>): number {
  return port + (port <= 55_535 ? 10_000 : -10_000);
}

/**
 * Who takes over from whom is ElastiCache's to decide, and not the nodes' own. Every node is announced with the one port
 * that clients use, whatever they may speak there by now; the bus is not encrypted, so that this can change.
 */
function clusterDirectives(spec: CacheNodeSpec): [string, string][] {
  const port = String(spec.port);
  return [
    ['cluster-enabled', 'yes'],
    ['cluster-config-file', 'nodes.conf'],
    ['cluster-port', String(busPortOf(spec))],
    ['cluster-announce-ip', spec.host],
    ['cluster-announce-port', port],
    ['cluster-announce-tls-port', port],
    // Nodes tell each other news at least twice in this time.
    ['cluster-node-timeout', '4000'],
    ['cluster-replica-no-failover', 'yes'],
    ['cluster-allow-replica-migration', 'no'],
    ['cluster-require-full-coverage', 'no'],
  ];
}

/** What brings a running node to the properties that `change` names. Pure. */
export function commandsFor(
  spec: CacheNodeSpec,
  change: Partial<CacheNodeSpec>,
  hiddenConfig: string,
): string[][] {
  const commands: string[][] = [];
  if ('tls' in change) {
    const off: [string, string][] =
      spec.tls === undefined
        ? [
            ['tls-port', '0'],
            ['tls-replication', 'no'],
          ]
        : [];
    commands.push([hiddenConfig, 'SET', ...[...off, ...transit(spec)].flat()]);
  }
  if ('passwords' in change) {
    commands.push(['ACL', 'SETUSER', 'default', ...passwordRules(spec)]);
    commands.push([hiddenConfig, 'SET', 'masterauth', spec.passwords?.at(-1) ?? '']);
  }
  // A new listener on the endpoint must not take writes that it is about to refuse, nor an old one go on taking them.
  const addresses = 'alsoAt' in change ? [[hiddenConfig, 'SET', 'bind', hostsOf(spec).join(' ')]] : [];
  const { replicaOf } = spec;
  if (!('replicaOf' in change) || spec.cluster === true) commands.push(...addresses);
  else if (replicaOf === undefined) commands.push(['REPLICAOF', 'NO', 'ONE'], ...addresses);
  else commands.push(...addresses, ['REPLICAOF', replicaOf.host, String(replicaOf.port)]);
  return commands;
}

/** Every address that a node answers on. */
export function hostsOf({ host, alsoAt = [] }: CacheNodeSpec): string[] {
  return [host, ...alsoAt];
}

/** The ports of a node by what they take. Where it takes both, others stand behind its own (front.ts): its address is nobody else's. */
export function portsOf({ port, tls }: Pick<CacheNodeSpec, 'port' | 'tls'>): {
  plain: number;
  secure: number;
} {
  if (tls === undefined) return { plain: port, secure: 0 };
  if (tls.mode === 'required') return { plain: 0, secure: port };
  const next = port < 65_000 ? 1 : -1;
  return { plain: port + next, secure: port + 2 * next };
}

/** Where a node is spoken to; `authority` (PEM) is whom to trust where it takes encrypted connections alone. Pure. */
export function controlAddress(spec: CacheNodeSpec, authority: string): CacheAddress {
  const { plain, secure } = portsOf(spec);
  const { host, passwords } = spec;
  return plain === 0 ? { host, port: secure, passwords, authority } : { host, port: plain, passwords };
}

/** Ports and TLS, each directive with one value. */
function transit(spec: CacheNodeSpec): [string, string][] {
  const { plain, secure } = portsOf(spec);
  const port: [string, string] = ['port', String(plain)];
  if (spec.tls === undefined) return [port];
  return [
    ['tls-cert-file', join(spec.folder, tlsFiles.certificate)],
    ['tls-key-file', join(spec.folder, tlsFiles.key)],
    ['tls-ca-cert-file', join(spec.folder, tlsFiles.authority)],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
    port,
    ['tls-port', String(secure)],
  ];
}

function passwordRules({ passwords = [] }: CacheNodeSpec): string[] {
  return passwords.length === 0 ? ['nopass'] : ['resetpass', ...passwords.map((password) => `>${password}`)];
}

/** Redis reads a quoted value like a string of C. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
