import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { env, execPath, kill } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import type { ImageStore, RunningTask, TaskRunner, TaskSpec } from './data-plane.ts';
import { forgetHealthChecks, noAnswer, runHealthCommand } from './tasks/health-command.ts';
import { readImage } from './tasks/image.ts';
import { lineSplitter } from './tasks/lines.ts';
import { programOf, type Program } from './tasks/program.ts';
import { rootFileSystems } from './tasks/root-file-system.ts';
import { usageOf } from './tasks/usage.ts';

/** Keeps children from outliving the daemon; see reaper.ts and leftovers.ts. */
export interface ChildKeeper {
  started(pid: number, name: string): void;
  ended(pid: number): void;
}

export interface ProcessRunner extends TaskRunner {
  /** Kills every task and resolves when none is left. From then on no task starts, and nobody is told of an end. */
  close(): Promise<void>;
}

/** Milliseconds to wait for the end of a dead task's output: only a process that left the group can still hold it. */
const outputGrace = 1000;

/**
 * Runs a task's container as a process of this machine's Node, out of the image's extracted layers under
 * `<folder>/images`. What containers would add is not there: limits of CPU and memory, a file system of one's own,
 * `user` and `readonlyRootFilesystem`. Rejects with an ECS stop reason.
 */
export function createProcessRunner(options: {
  folder: string;
  images: ImageStore;
  /** preload.ts as JavaScript. */
  preload: string;
  keeper: ChildKeeper;
  /** A certificate authority that tasks trust besides the known ones, once the file is there (PEM). */
  trustFile?: string;
}): ProcessRunner {
  const roots = rootFileSystems(options.folder);
  const running = new Map<ChildProcess, Promise<void>>();
  const closing = new AbortController();

  async function start(spec: TaskSpec): Promise<RunningTask> {
    const image = await readImage(spec.manifest, options.images);
    const program = programOf(image, spec, await roots.prepare(image), { path: env.PATH ?? '' });
    if (closing.signal.aborted) return new Promise(() => undefined);
    const child = spawn(execPath, [...preloadOf(spec), ...program.args], {
      cwd: program.workingDirectory,
      env: { ...trust(), ...program.environment },
      // A group of its own: a Ctrl-C in the terminal is not for it, and all of it can be killed at once.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pid = await pidOf(child, program);
    options.keeper.started(pid, `task ${spec.taskId}`);
    const gone = ended(child, pid, {
      ...spec,
      onExit: (exit) => closing.signal.aborted || spec.onExit(exit),
    }).finally(() => {
      running.delete(child);
      options.keeper.ended(pid);
      forgetHealthChecks(options.folder, spec.taskId);
    });
    running.set(child, gone);
    return {
      pid,
      stop() {
        child.kill('SIGTERM');
        const timer = setTimeout(() => killGroup(pid), spec.stopTimeout * 1000);
        void gone.finally(() => clearTimeout(timer));
      },
      usage: async () => (running.has(child) ? usageOf(pid) : undefined),
      async check(command, timeout) {
        if (closing.signal.aborted || child.exitCode !== null || child.signalCode !== null) return noAnswer;
        const task = { ...spec, program, nodeOptions: preloadOf(spec) };
        return runHealthCommand(command, timeout, task, { ...options, signal: closing.signal });
      },
    };
  }

  function trust(): Record<string, string> {
    // Where it is set, each start of Node takes longer.
    const file = options.trustFile;
    return file !== undefined && existsSync(file) ? { NODE_EXTRA_CA_CERTS: file } : {};
  }

  function preloadOf(spec: TaskSpec): string[] {
    // A container without a port: whatever it listens on is its own affair.
    if (spec.containerPort === 0) return [];
    const url = pathToFileURL(options.preload);
    url.search = `${spec.containerPort}=${spec.bind.host}:${spec.bind.port}`;
    return [`--import=${url.href}`];
  }

  return {
    start,
    async close() {
      closing.abort();
      for (const child of running.keys()) if (child.pid !== undefined) killGroup(child.pid);
      await Promise.all(running.values());
    },
  };
}

async function pidOf(child: ChildProcess, program: Program): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [error] = (await once(child, 'error').catch((error: unknown) => [error])) as [Error];
  throw new Error(
    `CannotStartContainerError: cannot start node in ${program.workingDirectory}: ${error.message}`,
  );
}

/** Passes on what the task prints; resolves after `onExit`, when all of its output was given on. */
async function ended(child: ChildProcess, pid: number, spec: TaskSpec): Promise<void> {
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = lineSplitter((line) => spec.onLog(line, stream));
    child[stream]?.on('data', (chunk: Buffer) => lines.write(chunk)).on('close', () => lines.end());
  }
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // A container ends with its first process, whatever that one started.
  killGroup(pid);
  const grace = new AbortController();
  await Promise.race([closed, delay(outputGrace, undefined, { signal: grace.signal })]);
  grace.abort();
  child.stdout?.destroy();
  child.stderr?.destroy();
  spec.onExit({ code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'] });
}

function killGroup(pid: number): void {
  try {
    kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
