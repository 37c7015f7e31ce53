import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CacheEngine, CacheNode, CacheNodeSpec } from '../data-plane.ts';
import type { ChildKeeper } from '../tasks.ts';
import { answersAs, ask, type Answer, type CacheAddress, type Word } from './ask.ts';
import type { Authority } from '../certificate.ts';
import {
  busPortOf,
  commandsFor,
  configOf,
  controlAddress,
  hiddenMigrate,
  hostsOf,
  portsOf,
  tlsFiles,
} from './config.ts';
import { createFront, type Front } from './front.ts';

export interface RunningNode {
  /** Of the process that stands in for the node now. */
  readonly pid: number;
  /** False while a process that died is being replaced. */
  readonly answers: boolean;
  change: CacheNode['change'];
  /** How the other nodes of a cluster reach it: `port` is the clients', `bus` the nodes' own. */
  readonly place: { host: string; port: number; bus: number };
  /** Sends commands to it, and resolves with the answers. */
  say(commands: Word[][]): Promise<Answer[]>;
  /** Moves keys, those of each slot together, to another node, which has to take plain connections at this port. */
  migrate(keys: Word[][], to: { host: string; port: number; password: string | undefined }): Promise<void>;
  /** Has it take plain connections too while `use` goes on: nodes move keys over no others. */
  openly<T>(
    use: (at: { host: string; port: number; password: string | undefined }) => Promise<T>,
  ): Promise<T>;
  /** Resolves when the process and its folder are gone. */
  stop(): Promise<void>;
}

/** What nodes have in common. */
interface Surroundings {
  keeper: ChildKeeper;
  /** Issues the certificates of those that encrypt. */
  authority: Authority;
}

/** Milliseconds that a server gets to answer its first PING. */
const patience = 10_000;
/** Milliseconds between two looks at a starting server. */
const interval = 20;
/** Milliseconds between SIGTERM and SIGKILL: there is nothing to save. */
const grace = 2000;
/** Milliseconds for what may move many keys. */
const longPatience = 30_000;
/** Milliseconds before the next try where a replacement could not be started. */
const pause = 1000;

/**
 * Starts a cache node and resolves when it answers PING. A process that dies by itself is replaced on the same
 * address, empty, as ElastiCache replaces a failed node. Rejects with the first line of the server's log that says why.
 */
export async function startNode(
  engine: CacheEngine,
  wanted: CacheNodeSpec,
  { keeper, authority }: Surroundings,
): Promise<RunningNode> {
  const hiddenConfig = randomBytes(12).toString('hex');
  const stopping = new AbortController();
  let spec = wanted;
  let front: Front | undefined;
  let starting: Promise<unknown> = Promise.resolve();
  let answers = true;
  let child: ChildProcess;

  const control = () => controlAddress(spec, authority.certificate);

  async function launch(): Promise<ChildProcess> {
    const launched = await start(engine, spec, control(), keeper);
    if (spec.cluster === true) await ask(control(), commandsFor(spec, { alsoAt: [] }, hiddenConfig));
    return launched;
  }

  async function configure(): Promise<void> {
    const write = (name: string, text: string) => writeFile(join(spec.folder, name), text, { mode: 0o600 });
    await write('redis.conf', configOf(spec, hiddenConfig));
    if (spec.tls === undefined) return;
    const { certificate, key } = authority.issue(spec.tls.addresses);
    await write(tlsFiles.certificate, certificate);
    await write(tlsFiles.key, key);
    await write(tlsFiles.authority, authority.certificate);
  }

  async function placeFront(): Promise<void> {
    if (spec.tls?.mode !== 'preferred') return front?.listen([]);
    front ??= createFront({ host: spec.host, port: spec.port, ...portsOf(spec) });
    await front.listen(hostsOf(spec));
  }

  await mkdir(spec.folder, { recursive: true, mode: 0o700 });
  try {
    await configure();
    child = await launch();
    await placeFront();
  } catch (error) {
    await rm(spec.folder, { recursive: true, force: true });
    throw error;
  }
  const ended = keepUp();

  async function keepUp(): Promise<void> {
    while (!stopping.signal.aborted) {
      await gone(child);
      answers = false;
      if (stopping.signal.aborted) return;
      await spec.onDeath?.();
      await replace();
    }
  }

  async function replace(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const next = launch();
        starting = next.catch(() => undefined);
        child = await next;
        answers = true;
        return;
      } catch {
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    get pid() {
      return child.pid ?? 0;
    },
    get answers() {
      return answers;
    },
    async change(change) {
      const before = control();
      spec = { ...spec, ...change };
      await configure();
      // A process that is being started may have read the file before.
      await starting;
      // The port may pass from the one who had it to the other.
      if (spec.tls?.mode !== 'preferred') await placeFront();
      if (answers) await ask(before, commandsFor(spec, change, hiddenConfig));
      await placeFront();
    },
    place: { host: wanted.host, port: wanted.port, bus: busPortOf(wanted) },
    say: (commands) => ask(control(), commands, longPatience),
    async migrate(keys, { host, port, password }) {
      const auth = password === undefined ? [] : ['AUTH', password];
      const words = [hiddenMigrate(hiddenConfig), host, String(port), '', '0', String(longPatience)];
      await ask(
        control(),
        keys.map((ofSlot) => [...words, ...auth, 'KEYS', ...ofSlot]),
        2 * longPatience,
      );
    },
    async openly(use) {
      const { plain } = portsOf(spec);
      const port =
        plain === 0 ? portsOf({ ...spec, tls: { mode: 'preferred', addresses: [] } }).plain : plain;
      const open = (to: number) => ask(control(), [[hiddenConfig, 'SET', 'port', String(to)]]);
      if (plain === 0) await open(port);
      try {
        return await use({ host: spec.host, port, password: spec.passwords?.at(-1) });
      } finally {
        if (plain === 0) await open(0);
      }
    },
    async stop() {
      stopping.abort();
      await front?.close();
      await end(child);
      await ended;
      // A replacement may have been on its way when the stop came.
      await end(child);
      await rm(spec.folder, { recursive: true, force: true });
    },
  };
}

async function start(
  { command, args }: CacheEngine,
  spec: CacheNodeSpec,
  at: CacheAddress,
  keeper: ChildKeeper,
): Promise<ChildProcess> {
  const path = join(spec.folder, 'server.log');
  const log = await open(path, 'w', 0o600);
  const child = spawn(command, [...args, join(spec.folder, 'redis.conf')], {
    cwd: spec.folder,
    env: {},
    // A group of its own: a Ctrl-C in the terminal is not for it.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error').catch((error: unknown) => [error])) as [Error];
    throw new Error(`cannot start ${command}: ${error.message}`);
  }
  keeper.started(pid, `cache node ${spec.host}:${spec.port}`);
  void gone(child).then(() => keeper.ended(pid));
  if (await answersInTime(child, pid, at)) return child;
  await end(child);
  throw new Error(reasonIn(await readFile(path, 'utf8')) ?? `${command} does not answer`);
}

async function answersInTime(child: ChildProcess, pid: number, at: CacheAddress): Promise<boolean> {
  const until = performance.now() + patience;
  while (isRunning(child) && performance.now() < until) {
    if (await answersAs(pid, at)) return true;
    await delay(interval);
  }
  return false;
}

/** What a server says when it cannot start: of its configuration the last two lines, of its log the first complaint. */
function reasonIn(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  if (log.includes('FATAL CONFIG FILE ERROR')) return lines.slice(-2).join(' ');
  const complaint = lines.find((line) => /could not|cannot|can't|failed|fatal/i.test(line));
  return (complaint ?? lines.at(-1))?.replace(/^.* [#*] (?:Warning: )?/, '');
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function gone(child: ChildProcess): Promise<void> {
  if (isRunning(child)) await once(child, 'exit');
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = gone(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), grace);
  await exited;
  clearTimeout(timer);
}
