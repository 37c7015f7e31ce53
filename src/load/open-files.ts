import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * How many files (and so sockets) this process may have open; Infinity for no limit. Node has raised the soft limit to the
 * hard one when it started, and children inherit that.
 */
export async function openFileLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => undefined);
  const soft = /^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1] ?? (await askShell());
  return /^\d+$/.test(soft) ? Number(soft) : Infinity;
}

/** Where there is no /proc (`ulimit -n`). */
async function askShell(): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'ulimit -n']).catch(() => ({ stdout: '' }));
  return stdout.trim();
}
