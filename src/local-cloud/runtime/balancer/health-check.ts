import type { BalancerTargetGroup } from '../data-plane.ts';
import type { CheckResult } from './health.ts';
import { probe } from './probe.ts';

/** How often a target that has not opened its port yet is looked at between two checks that count, in milliseconds. */
const startingPoll = 250;

/** What a check loop reads anew each time, so that a changed setting holds from the next check on. */
export interface Checked {
  target: { id: string; host: string; port: number };
  check: BalancerTargetGroup['healthCheck'];
  /** Whether no check has succeeded yet. */
  initial: boolean;
}

/**
 * Checks one target at its group's interval until it is stopped. While a new target still refuses connections it is
 * looked at more often than the interval says, which only ever finds a success sooner: a failure counts once per interval.
 */
export function startHealthCheck(read: () => Checked, report: (result: CheckResult) => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let lastCounted = -Infinity;

  async function run(): Promise<void> {
    const started = performance.now();
    const { target, check } = read();
    const result = await probe(target, check);
    if (stopped) return;
    const interval = check.intervalSeconds * 1000;
    const due = started - lastCounted >= interval;
    if (result.ok || due) {
      lastCounted = started;
      report(result);
    }
    // `report` may have ended this loop.
    if (stopped) return;
    const next = lastCounted + interval - performance.now();
    const early = !result.ok && result.refused === true && read().initial;
    timer = setTimeout(() => void run(), Math.max(0, early ? Math.min(startingPoll, next) : next));
  }

  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
