import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execPath, kill } from 'node:process';

import type { TaskSpec } from '../data-plane.ts';
import type { ChildKeeper } from '../tasks.ts';
import type { Program } from './program.ts';

/** The task that a health check looks at, as its processes see it. */
export interface CheckedTask extends Pick<TaskSpec, 'taskId' | 'containerPort' | 'bind'> {
  program: Program;
  /** Options of Node that give a process the task's own addresses. */
  nodeOptions: string[];
}

/** Exit code of a check that was killed, or had nothing to look at. */
export const noAnswer = 137;

/**
 * Runs the command of a container health check (`CMD` and a program with its arguments, or `CMD-SHELL` and one line)
 * where the task runs: its folder, its environment, this machine's Node as `node`. For `node` and for `curl`, the
 * container port on localhost is that of this very task. Resolves with the exit code; 137 after the timeout (seconds).
 */
export async function runHealthCommand(
  [form, ...words]: string[],
  timeout: number,
  { taskId, program, nodeOptions, containerPort, bind }: CheckedTask,
  { folder, keeper, signal }: { folder: string; keeper: ChildKeeper; signal: AbortSignal },
): Promise<number> {
  const { environment } = program;
  const curlHome = folderOf(folder, taskId);
  await mkdir(curlHome, { recursive: true });
  const ways = ['localhost', '127.0.0.1', '[::1]'].map(
    (host) => `connect-to = "${host}:${containerPort}:${bind.host}:${bind.port}"\n`,
  );
  await writeFile(join(curlHome, '.curlrc'), ways.join(''));
  const [command = '', ...args] = form === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
  return new Promise((resolve) => {
    const child = spawn(command === 'node' ? execPath : command, args, {
      cwd: program.workingDirectory,
      env: {
        CURL_HOME: curlHome,
        ...environment,
        PATH: `${dirname(execPath)}:${environment.PATH ?? ''}`,
        NODE_OPTIONS: [environment.NODE_OPTIONS, ...nodeOptions].filter(Boolean).join(' '),
      },
      detached: true,
      stdio: 'ignore',
    });
    const { pid } = child;
    if (pid !== undefined) keeper.started(pid, `health check of task ${taskId}`);
    const end = () => {
      try {
        if (pid !== undefined) kill(-pid, 'SIGKILL');
      } catch {
        // Nothing of the group is left.
      }
    };
    const timer = setTimeout(end, timeout * 1000);
    signal.addEventListener('abort', end);
    const done = (code: number) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      // What it started and left behind.
      end();
      if (pid !== undefined) keeper.ended(pid);
      resolve(code);
    };
    // As a shell says it of a program that is not there.
    child.once('error', () => done(127));
    child.once('exit', (code) => done(code ?? noAnswer));
  });
}

/** Removes what the checks of a task have left on disk. */
export function forgetHealthChecks(folder: string, taskId: string): void {
  void rm(folderOf(folder, taskId), { recursive: true, force: true });
}

function folderOf(folder: string, taskId: string): string {
  return join(folder, 'health', taskId);
}
