import type { Clock } from '../../src/engine/clock.ts';
import { realClock } from '../../src/local-cloud/clock.ts';
import type { CloudClock, LatencyProfile } from '../../src/local-cloud/clock.ts';

interface Appointment {
  at: number;
  run: () => void;
}

/** How many turns of the event loop must pass without work before time moves on: what a turn sets going shows by then. */
const quietTurns = 60;

/**
 * One clock for a local cloud and for the engine that talks to it. Its time stands still while any work is under
 * way, and jumps to the next appointment when there is none: minutes of waiting pass in milliseconds.
 */
export class SimulatedClock implements Clock, CloudClock {
  readonly latency: CloudClock['latency'];
  readonly pace = 1;
  #now = Date.now();
  #appointments: Appointment[] = [];
  #busy = 0;
  #quiet = 0;
  #turning = false;
  #stopped = false;

  constructor(profile: LatencyProfile = 'instant') {
    const { latency } = realClock(profile);
    this.latency = latency;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const reason = () => (signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal?.aborted) return reject(reason());
      const callOff = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = () => {
        callOff();
        reject(reason());
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(ms: number, run: () => void): () => void {
    if (this.#stopped) return () => undefined;
    const one = { at: this.#now + Math.max(0, ms), run };
    this.#appointments.push(one);
    this.#turn();
    return () => {
      this.#appointments = this.#appointments.filter((other) => other !== one);
    };
  }

  /** Calls every appointment off, and takes no other: what comes round every minute would go on for ever. */
  stop(): void {
    this.#stopped = true;
    this.#appointments = [];
  }

  /** Holds the time until `work` is done. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#quiet = 0;
    }
  }

  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#quiet = this.#busy > 0 ? 0 : this.#quiet + 1;
      if (this.#quiet >= quietTurns) this.#advance();
      if (this.#appointments.length > 0) this.#turn();
    });
  }

  #advance(): void {
    this.#quiet = 0;
    if (this.#appointments.length === 0) return;
    const at = Math.min(...this.#appointments.map((one) => one.at));
    const due = this.#appointments.filter((one) => one.at === at);
    this.#appointments = this.#appointments.filter((one) => one.at !== at);
    this.#now = Math.max(this.#now, at);
    for (const { run } of due) run();
  }
}
