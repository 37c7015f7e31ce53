import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const PROGRAM = 'redis-server';

/** A Redis server of the test's own. */
export interface TestRedis {
  url: string;
  port: number;
  /** A client for looking and meddling. */
  client: Redis;
  /** Ends the process at once, keeps its folder. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what its folder holds. */
  start(): Promise<void>;
  /** Freezes and thaws the process, as a hung server. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Whether this machine has a Redis server. On CI a missing one is a failure, elsewhere the tests that need it are skipped visibly. */
export const hasRedis: boolean = isInstalled(PROGRAM) || process.env['CI'] === 'true';

/** Starts `redis-server` on a free loopback port in a temporary folder, answering when it takes commands. */
export async function startRedis(...options: string[]): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => {});
  let child: ChildProcess | undefined;

  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const started = spawn(PROGRAM, [...args, ...options], { stdio: 'ignore' });
    child = started;
    // A test that fails before it stops its servers must not leave them behind.
    const end = () => started.kill('SIGKILL');
    process.once('exit', end);
    started.once('exit', () => process.off('exit', end));
    if (client.status === 'wait') await client.connect().catch(() => {});
    const info = await client.info('server');
    if (!info.includes(`process_id:${started.pid}\r`)) throw new Error(`port ${port} is another server's`);
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url,
    port,
    client,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      client.disconnect();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A loopback port that nobody listens on, from below those that the system gives to connections meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
