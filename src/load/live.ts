import { watchCpu } from './machine.ts';
import { sumCounters } from './merge.ts';
import type { Progress } from './messages.ts';
import { emptyCounters } from './tally.ts';

/** How far a run is: all workers together. */
export interface Live {
  stage: Stage;
  /** Since the first client was to be opened, in milliseconds. */
  elapsedMs: number;
  wanted: number;
  open: number;
  sent: number;
  delivered: number;
  /** Offsets skipped and resumes not recovered so far; what is still unanswered shows at the end. */
  lost: number;
}

export type Stage = 'opening' | 'sending' | 'settling';

const cpuEveryMs = 1000;

/** Keeps what the workers have last said of themselves, and the highest that it has seen. */
export class LiveWatch {
  peakOpen = 0;
  /** Highest CPU of each worker in any second, as a share of one core. */
  readonly peakCpu: number[];
  readonly machineCpu = watchCpu();
  readonly #progress: Progress[];
  #cpuAt: number;
  #cpuMs: number[];

  constructor(workers: number, now: number) {
    const nothing: Progress = { counters: emptyCounters(), missing: 0, cpuMs: 0, rssBytes: 0 };
    this.#progress = Array.from({ length: workers }, () => nothing);
    this.peakCpu = this.#progress.map(() => 0);
    this.#cpuMs = this.#progress.map(() => 0);
    this.#cpuAt = now;
  }

  get open(): number {
    return this.#progress.reduce((sum, { counters }) => sum + counters.open, 0);
  }

  take(worker: number, progress: Progress): void {
    this.#progress[worker] = progress;
    this.peakOpen = Math.max(this.peakOpen, this.open);
  }

  /** To be called often; CPU is looked at once a second. */
  sample(now: number): void {
    if (now - this.#cpuAt < cpuEveryMs) return;
    this.machineCpu.sample();
    for (const [at, { cpuMs }] of this.#progress.entries()) {
      const share = (cpuMs - this.#cpuMs[at]!) / (now - this.#cpuAt);
      this.peakCpu[at] = Math.max(this.peakCpu[at]!, share);
      this.#cpuMs[at] = cpuMs;
    }
    this.#cpuAt = now;
  }

  live(): Omit<Live, 'stage' | 'elapsedMs' | 'wanted'> {
    const { open, sent, delivered, unrecovered } = sumCounters(
      this.#progress.map(({ counters }) => counters),
    );
    const missing = this.#progress.reduce((sum, each) => sum + each.missing, 0);
    return { open, sent, delivered, lost: missing + unrecovered };
  }
}
