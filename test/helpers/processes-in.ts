import { readdir, readlink } from 'node:fs/promises';

/** Processes whose working directory is in a folder (Linux). */
export async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const directories = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => directories[index]!.startsWith(folder));
}
