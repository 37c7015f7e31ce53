import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { promisify } from 'node:util';

/** A child process of the data plane, as it is on record in `<folder>/processes/<pid>.json`. */
export interface ProcessRecord {
  pid: number;
  /** What it is, such as `task 1a2b` or `redis-server`. */
  name: string;
  /** When the kernel says that it started, in the kernel's own words: a pid alone may since belong to someone else. */
  startedAt: string;
}

const run = promisify(execFile);

/** Puts a process that was just started on record, so that a daemon killed with -9 leaves nothing behind that cannot be found. */
export async function recordProcess(folder: string, pid: number, name: string): Promise<void> {
  const startedAt = await startTimeOf(pid);
  if (startedAt === undefined) return;
  await mkdir(join(folder, 'processes'), { recursive: true, mode: 0o700 });
  const record: ProcessRecord = { pid, name, startedAt };
  await writeFile(`${fileOf(folder, pid)}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${fileOf(folder, pid)}.new`, fileOf(folder, pid));
}

/** Takes a process that has ended off the record. */
export async function forgetProcess(folder: string, pid: number): Promise<void> {
  await rm(fileOf(folder, pid), { force: true });
}

/** The processes on record that are still the ones that were recorded. */
export async function livingProcesses(folder: string): Promise<ProcessRecord[]> {
  const living = await Promise.all(
    (await records(folder)).map(async (record) => ((await isStill(record)) ? record : undefined)),
  );
  return living.filter((record) => record !== undefined);
}

/** Kills what is on record and still the process that was recorded, clears the record, and returns what it killed. */
export async function cleanLeftovers(folder: string): Promise<ProcessRecord[]> {
  const leftovers = await livingProcesses(folder);
  for (const { pid } of leftovers) {
    try {
      kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself between the two looks.
    }
  }
  await rm(join(folder, 'processes'), { recursive: true, force: true });
  return leftovers;
}

async function isStill(record: ProcessRecord): Promise<boolean> {
  return (await startTimeOf(record.pid)) === record.startedAt;
}

async function records(folder: string): Promise<ProcessRecord[]> {
  const names = await readdir(join(folder, 'processes')).catch(() => []);
  const read = await Promise.all(
    names
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => readFile(join(folder, 'processes', name), 'utf8').catch(() => undefined)),
  );
  return read.filter((text) => text !== undefined).map((text) => JSON.parse(text) as ProcessRecord);
}

function fileOf(folder: string, pid: number): string {
  return join(folder, 'processes', `${pid}.json`);
}

/** When a process started, in the kernel's own words; undefined when there is no such process, or only its zombie. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) {
    // Field 2 is the command in parentheses and may itself contain spaces: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  const listed = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
  return listed?.stdout.trim() || undefined;
}
