import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { processStat } from '../process-stat.ts';

const run = promisify(execFile);
/** Linux: clock ticks per second (USER_HZ, 100 on every architecture that Node runs on) and bytes per page. */
const ticksPerSecond = 100;
let pageSize: Promise<number> | undefined;

/** CPU seconds that a process has used so far and its resident bytes; undefined once it is gone. From /proc, or ps where there is none. */
export async function usageOf(pid: number): Promise<{ cpuSeconds: number; memoryBytes: number } | undefined> {
  const stat = processStat(pid);
  if (stat !== undefined) {
    pageSize ??= run('getconf', ['PAGESIZE']).then(
      ({ stdout }) => Number(stdout),
      () => 4096,
    );
    return {
      cpuSeconds: stat.cpuTicks / ticksPerSecond,
      memoryBytes: stat.residentPages * (await pageSize),
    };
  }
  const listed = await run('ps', ['-o', 'time=,rss=', '-p', String(pid)]).catch(() => undefined);
  const match = /^\s*(?:(\d+)-)?(?:(\d+):)?(\d+):([\d.]+)\s+(\d+)/.exec(listed?.stdout ?? '');
  if (match === null) return undefined;
  const [days, hours, minutes, seconds, kilobytes] = match.slice(1).map((part) => Number(part ?? 0));
  return {
    cpuSeconds: ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!,
    memoryBytes: kilobytes! * 1024,
  };
}
