import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from './runtime/leftovers.ts';

/**
 * Makes this process the only daemon of a folder; resolves with false when another one lives. The lock is a file
 * that names its holder by pid and start time, made by `link`, which succeeds for exactly one of several at once.
 */
export async function lockDaemon(folder: string, pid: number): Promise<boolean> {
  const lock = lockOf(folder);
  const mine = `${lock}.${pid}`;
  await writeFile(mine, JSON.stringify({ pid, startedAt: await startTimeOf(pid) }), { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(mine, lock)) return true;
      const holder = await readFile(lock, 'utf8').catch(() => undefined);
      if (holder === undefined) continue;
      if (await isAlive(holder)) return false;
      await takeAway(lock, `${mine}.stale`, holder);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Gives the lock back. */
export async function unlockDaemon(folder: string): Promise<void> {
  await rm(lockOf(folder), { force: true });
}

function lockOf(folder: string): string {
  return join(folder, 'daemon.lock');
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const { pid, startedAt } = JSON.parse(holder) as { pid: number; startedAt: string };
  return (await startTimeOf(pid)) === startedAt;
}

/** Another one may have taken the stale lock away and put its own there since: then that one is put back. */
async function takeAway(lock: string, aside: string, stale: string): Promise<void> {
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await linked(aside, lock);
  await rm(aside, { force: true });
}
