import { readFileSync } from 'node:fs';

/** What Linux says of a process in `/proc/<pid>/stat`. */
export interface ProcessStat {
  /** Clock ticks after boot: with the pid, it names a process for good. */
  startTicks: string;
  /** Clock ticks of CPU, user and system, its waited-for children included. */
  cpuTicks: number;
  residentPages: number;
}

/** One reading of `/proc/<pid>/stat`; undefined when the process is gone (or only its zombie is there) or there is no /proc. */
export function processStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold spaces; the rest is counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  const ticks = (index: number) => Number(fields[index]);
  return {
    startTicks: fields[19] ?? '',
    cpuTicks: ticks(11) + ticks(12) + ticks(13) + ticks(14),
    residentPages: ticks(21),
  };
}
