import type { Clock } from '../../src/engine/clock.ts';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** A clock whose time jumps to the next sleeper whenever nothing else is left to do: hours pass in milliseconds. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #scheduled = false;

  constructor(now = Date.UTC(2026, 9, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const reasonOf = () => (signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal?.aborted) return reject(reasonOf());
      const aborted = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(reasonOf());
      };
      const wake = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const sleeper = { at: this.#now + ms, wake };
      signal?.addEventListener('abort', aborted);
      this.#sleepers.push(sleeper);
      this.#schedule();
    });
  }

  /** Moves the time on without waking anybody before their time. */
  advance(ms: number): void {
    this.#now += ms;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After all microtasks: by then every piece of work either sleeps or is done.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#sleepers.length === 0) return;
      const at = Math.min(...this.#sleepers.map((sleeper) => sleeper.at));
      const due = this.#sleepers.filter((sleeper) => sleeper.at === at);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at !== at);
      this.#now = Math.max(this.#now, at);
      for (const { wake } of due) wake();
      if (this.#sleepers.length > 0) this.#schedule();
    });
  }
}
