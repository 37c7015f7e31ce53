import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Share of all cores in use, from 0 to 1, in one-second steps. */
export interface CpuWatch {
  /** Takes a sample; the mean is over the samples. */
  sample(): void;
  mean(): number;
  peak(): number;
}

/** Watches how busy the whole machine is, whoever it is that keeps it busy. */
export function watchCpu(): CpuWatch {
  let last = ticks();
  const first = last;
  let peak = 0;
  return {
    sample() {
      const now = ticks();
      peak = Math.max(peak, shareOf(last, now));
      last = now;
    },
    mean: () => shareOf(first, last),
    peak: () => peak,
  };
}

/** How many ports of its own a client address has for connections to one server address and port. */
export async function ephemeralPorts(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const [from, to] = range.trim().split(/\s+/).map(Number);
  // 49152 to 65535 is what IANA reserves and what macOS uses.
  return from !== undefined && to !== undefined ? to - from + 1 : 16_384;
}

interface Ticks {
  busy: number;
  all: number;
}

function ticks(): Ticks {
  const sum: Ticks = { busy: 0, all: 0 };
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    sum.busy += busy;
    sum.all += busy + times.idle;
  }
  return sum;
}

function shareOf(before: Ticks, after: Ticks): number {
  return after.all === before.all ? 0 : (after.busy - before.busy) / (after.all - before.all);
}
