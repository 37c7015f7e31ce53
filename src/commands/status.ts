import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { CacheServer } from '../read-model/redis.ts';
import type { Snapshot } from '../read-model/snapshot.ts';
import { nothingHere } from './nothing-here.ts';
import { localFolder, openExistingSession } from './session.ts';
import type { Session } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface StatusOptions {
  once?: boolean;
  check?: boolean;
}

/** How long calls are tried again where the stack is read only once, in milliseconds. */
const patience = 10_000;

export const status: CommandSpec<StatusOptions> = {
  name: 'status',
  summary: 'show whether the stack holds: a live dashboard on a terminal, else a table',
  description:
    'Shows the verdict (healthy, deploying, degraded, down) and what it comes from: service, tasks, targets, redis, load balancer, metrics, last events. On a terminal it is a dashboard that goes on until q; otherwise, or with --once, --check or --json, it is read once.',
  json: true,
  options: [
    { flags: '--once', description: 'print a table once, also on a terminal' },
    { flags: '--check', description: 'exit with 5 unless the verdict is healthy or deploying' },
  ],

  async run(context) {
    const { host, options } = context;
    const live = isLive(context);
    const session = await openExistingSession(context, { patience: live ? 0 : patience });
    if (session === undefined) throw await nothingHere(context);
    if (live) return watch(session, context);
    const snapshot = await readOnce(session, context);
    const { renderStatus } = await import('../output/status-text.ts');
    host.stdout.write(options.json === true ? `${JSON.stringify(snapshot)}\n` : renderStatus(snapshot));
    return options.check === true ? checked(snapshot, options.json === true) : ExitCode.ok;
  },
};

function isLive({ host: { stdin, stdout, env }, options }: CommandContext<StatusOptions>): boolean {
  if (options.once === true || options.check === true || options.json === true) return false;
  const isTerminal = stdin.isTTY && stdout.isTTY;
  return isTerminal && env['TERM'] !== 'dumb' && env['CI'] === undefined;
}

async function readOnce(session: Session, context: CommandContext<StatusOptions>): Promise<Snapshot> {
  const { cloud, names, identity } = session;
  const [{ readSnapshot }, { systemClock: clock }] = await Promise.all([
    import('../read-model/read.ts'),
    import('../engine/clock.ts'),
  ]);
  const { signal } = context;
  const snapshot = await readSnapshot({
    cloud,
    names,
    stack: identity.stack,
    clock,
    signal,
    cacheServer: cacheServerOf(session),
    deadlineMs: 3 * patience,
  });
  if (isNowhere(snapshot)) throw await nothingHere(context);
  return snapshot;
}

async function watch(session: Session, context: CommandContext<StatusOptions>): Promise<ExitCode> {
  const { cloud, names, identity } = session;
  const { host } = context;
  const [{ partReaders }, { watchStack }, { followLogs }, { systemClock: clock }, { showDashboard }] =
    await Promise.all([
      import('../read-model/read.ts'),
      import('../read-model/watch.ts'),
      import('../read-model/logs.ts'),
      import('../engine/clock.ts'),
      import('../dashboard/show.tsx'),
    ]);
  const quit = new AbortController();
  const signal = AbortSignal.any([context.signal, quit.signal]);
  const watched = watchStack({
    cloud,
    names,
    stack: identity.stack,
    readers: partReaders(cacheServerOf(session)),
    clock,
    signal,
    deadlineMs: patience,
  });
  try {
    if (isNowhere(await watched.firstRead)) throw await nothingHere(context);
    await showDashboard({
      source: watched,
      logs: (show, until) => followLogs(cloud, names.logGroup, show, until),
      stdin: host.stdin,
      stdout: host.stdout,
      color: (host.env['NO_COLOR'] ?? '') === '',
      signal,
    });
  } finally {
    quit.abort();
    await watched.ended;
  }
  const { state, because } = watched.current().verdict;
  host.stdout.write(`${identity.stack} is ${state}: ${because}\n`);
  return ExitCode.ok;
}

/** What the nodes of the local cloud are processes of. */
function cacheServerOf({ identity, folder }: Session): CacheServer | undefined {
  if (identity.region !== 'local') return undefined;
  return async () => {
    const { localStatus } = await import('../aws/local-daemon.ts');
    return (await localStatus(localFolder(folder)))?.engines[0];
  };
}

function isNowhere({ service, loadBalancer }: Snapshot): boolean {
  return service.error?.kind === 'absent' && loadBalancer.error?.kind === 'absent';
}

function checked({ stack, verdict }: Snapshot, json: boolean): ExitCode {
  if (verdict.state === 'healthy' || verdict.state === 'deploying') return ExitCode.ok;
  // The snapshot, which says all of it, is the one object that a program expects.
  if (json) return ExitCode.failed;
  throw new ChatopsError(`${stack} is ${verdict.state}: ${verdict.because}`, {
    code: 'status.unhealthy',
    exit: ExitCode.failed,
    hint: 'see `chatops logs` for what the tasks say, and `chatops plan` for what differs from the config',
  });
}
