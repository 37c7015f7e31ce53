import { execFile, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { requestLocal } from './local-request.ts';
import type { LocalEndpoint } from './local-request.ts';

export interface ConnectLocalOptions {
  /** `<project>/.chatops/local` */
  folder: string;
  /** Folder of the installed package: the daemon's program is `dist/local-cloud/main.js` in it. */
  packageRoot: string;
  version: string;
  /** How long transitions take in a local cloud that is started now: `instant` (default), `aws`, `aws/50`. */
  latency?: string;
  /** Milliseconds that a start may take; default 15 s. */
  startTimeout?: number;
}

/** What the SDK clients need to reach the local cloud. */
export interface LocalConnection {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** What a running local cloud says of itself. */
export interface LocalStatus {
  version: string;
  pid: number;
  endpoint: string;
  /** ISO 8601. */
  startedAt: string;
  latency: string;
  /** What all listing calls together show. */
  resourceCount: number;
  /** By `<service>@<region>` and by listing call (`DescribeVpcs`). */
  resources: Record<string, Record<string, number>>;
  processes: { pid: number; name: string }[];
  /** What its cache nodes are processes of, or would be: `redis 7.0.15`, `stand-in, in memory, for trying`. */
  engines: string[];
  stacks: string[];
  /** AWS calls that it has answered, and how many of them could change something. */
  calls: { total: number; writes: number };
}

interface DaemonFile extends LocalEndpoint {
  pid: number;
}

const run = promisify(execFile);

/** Finds the local cloud of a folder, or starts it. Throws a {@link ChatopsError} when it does not start, or is of another version. */
export async function connectLocal(options: ConnectLocalOptions): Promise<LocalConnection> {
  const status = (await localStatus(options.folder)) ?? (await start(options));
  if (status.version !== options.version) {
    throw new ChatopsError(
      `the local cloud is of version ${status.version}, this is chatops ${options.version}`,
      {
        code: 'local.version',
        exit: ExitCode.access,
        hint: `run "chatops local stop" first; it takes ${stacksOf(status)} with it`,
        fields: { running: status.version, version: options.version, stacks: status.stacks },
      },
    );
  }
  const { endpoint, accessKeyId, secretAccessKey } = (await daemonFile(options.folder))!;
  return { endpoint, credentials: { accessKeyId, secretAccessKey } };
}

/** The status of a folder's local cloud, or undefined when none runs. Throws a {@link ChatopsError} when it hangs. */
export async function localStatus(folder: string): Promise<LocalStatus | undefined> {
  const daemon = await daemonFile(folder);
  if (daemon === undefined) return undefined;
  try {
    return await requestLocal<LocalStatus>(daemon, {
      method: 'GET',
      path: '/_chatops/status',
      timeout: 5000,
    });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') return undefined;
    throw new ChatopsError(`the local cloud does not answer (process ${daemon.pid})`, {
      code: 'local.hangs',
      exit: ExitCode.timeout,
      hint: `end it with "kill -9 ${daemon.pid}" and run the command again`,
      cause: error,
    });
  }
}

/** Ends the local cloud and all that runs in it; resolves with its last status once its process is gone, or with undefined when none ran. */
export async function stopLocal(folder: string): Promise<LocalStatus | undefined> {
  const status = await localStatus(folder);
  const daemon = await daemonFile(folder);
  if (status === undefined || daemon === undefined) return undefined;
  // Another command may just have ended it: what counts is that the process goes.
  await requestLocal(daemon, { method: 'POST', path: '/_chatops/shutdown', timeout: 5000 }).catch(
    () => undefined,
  );
  const deadline = Date.now() + stopTimeout;
  while (await isAlive(status.pid)) {
    if (Date.now() > deadline) {
      throw new ChatopsError(`the local cloud does not end (process ${status.pid})`, {
        code: 'local.stop',
        exit: ExitCode.timeout,
        hint: `see ${join(folder, 'daemon.log')}, or end it with "kill -9 ${status.pid}"`,
      });
    }
    await delay(20);
  }
  return status;
}

/** Ends the local cloud when nothing is left in it; resolves with whether it did. */
export async function stopLocalIfEmpty(folder: string): Promise<boolean> {
  const status = await localStatus(folder);
  if (status === undefined || status.resourceCount > 0) return false;
  await stopLocal(folder);
  return true;
}

/** Ends the local cloud and removes its folder: images, logs, everything. */
export async function resetLocal(folder: string): Promise<LocalStatus | undefined> {
  const status = await stopLocal(folder);
  await rm(folder, { recursive: true, force: true });
  return status;
}

/** A task may take its stop timeout (120 s at most) to end. */
const stopTimeout = 150_000;

/**
 * Starts daemons until one answers. Only one daemon can have a folder: where two commands start one each at the
 * same time, the second daemon ends by itself and both commands find the first.
 */
async function start({
  folder,
  packageRoot,
  version,
  latency = 'instant',
  startTimeout = 15_000,
}: ConnectLocalOptions): Promise<LocalStatus> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, '.gitignore'), '*\n');
  const logFile = join(folder, 'daemon.log');
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const deadline = Date.now() + startTimeout;
  let daemon: ChildProcess | undefined;
  let failed = false;
  while (Date.now() < deadline && !failed) {
    if (daemon === undefined || daemon.exitCode === 0) {
      daemon = await launch(packageRoot, [folder, version, latency], logFile);
    }
    await delay(50);
    const status = await localStatus(folder);
    if (status !== undefined) {
      // It goes on without this process.
      daemon.unref();
      return status;
    }
    failed = (daemon.exitCode ?? 0) !== 0 || daemon.signalCode !== null;
  }
  daemon?.kill();
  throw new ChatopsError(
    failed
      ? 'the local cloud did not start'
      : `the local cloud did not answer within ${startTimeout / 1000} s`,
    {
      code: 'local.start',
      exit: failed ? ExitCode.failed : ExitCode.timeout,
      hint: `see ${logFile}`,
      details: await tail(logFile, logStart),
    },
  );
}

/** `fork` runs this very Node; the channel that comes with it is closed again once the program has started. */
async function launch(packageRoot: string, args: string[], logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const daemon = fork(join(packageRoot, 'dist/local-cloud/main.js'), args, {
      cwd: packageRoot,
      detached: true,
      execArgv: [],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    daemon.disconnect();
    return daemon;
  } finally {
    await log.close();
  }
}

/** What the daemon of a folder says of itself on disk, alive or not; undefined where there was none or it has ended in order. */
export async function daemonFile(folder: string): Promise<DaemonFile | undefined> {
  const text = await readFile(join(folder, 'daemon.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as DaemonFile);
}

/** The certificate (PEM) of the authority that a folder's local cloud issues with; undefined where it has issued none. */
export async function localAuthority(folder: string): Promise<string | undefined> {
  return readFile(join(folder, 'authority.pem'), 'utf8').catch(() => undefined);
}

async function tail(logFile: string, from: number): Promise<string[]> {
  const bytes = await readFile(logFile).catch(() => Buffer.alloc(0));
  return bytes.subarray(from).toString().trimEnd().split('\n').slice(-15);
}

/** A process that has ended stays listed as a zombie (Z) until its parent looks. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  const listed = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => undefined);
  return listed !== undefined && !listed.stdout.trim().startsWith('Z');
}

function stacksOf({ stacks }: LocalStatus): string {
  return stacks.length === 0 ? 'no stack' : `the stack${stacks.length > 1 ? 's' : ''} ${stacks.join(', ')}`;
}
