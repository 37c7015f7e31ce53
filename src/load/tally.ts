import { Histogram } from './histogram.ts';
import type { PlainHistogram } from './histogram.ts';

/** Counters that add up over workers. */
export interface Counters {
  /** Clients that are in their room now. */
  open: number;
  /** Clients that have been in their room at least once. */
  joined: number;
  sent: number;
  acknowledged: number;
  /** Acknowledgements that say `duplicate: true`: answers to a retry, as they should be. */
  repeated: number;
  /** Messages on the wire that their client had not seen before. */
  delivered: number;
  duplicate: number;
  outOfOrder: number;
  resumed: number;
  /** Resumes and resets after which something of the history is gone. */
  unrecovered: number;
}

/** How often something happened, by its name. */
export type Occurrences = Record<string, number>;

/** What is timed, in milliseconds: opening until in the room; cut until in the room again; intended sending until `sent`; until delivery. */
export const timings = ['connect', 'resume', 'acknowledge', 'delivery'] as const;
export type Timing = (typeof timings)[number];

/** Everything that clients count, as plain data that can be merged. */
export interface PlainTally {
  counters: Counters;
  /** Ends of connections that had been in their room: close codes, and `reconnect` where the server had asked for it. */
  cuts: Occurrences;
  /** Attempts that never got into a room. */
  failures: Occurrences;
  /** Codes of `error` frames. */
  errors: Occurrences;
  latencies: Record<Timing, PlainHistogram>;
}

/** What all clients of one worker count into. */
export class Tally {
  readonly counters: Counters = emptyCounters();
  readonly cuts: Occurrences = {};
  readonly failures: Occurrences = {};
  readonly errors: Occurrences = {};
  readonly latencies: Record<Timing, Histogram> = {
    connect: new Histogram(),
    resume: new Histogram(),
    acknowledge: new Histogram(),
    delivery: new Histogram(),
  };

  toPlain(): PlainTally {
    const { counters, cuts, failures, errors, latencies } = this;
    const plain = timings.map((timing) => [timing, latencies[timing].toPlain()]);
    return {
      counters: { ...counters },
      cuts,
      failures,
      errors,
      latencies: Object.fromEntries(plain) as PlainTally['latencies'],
    };
  }
}

export function emptyCounters(): Counters {
  return {
    open: 0,
    joined: 0,
    sent: 0,
    acknowledged: 0,
    repeated: 0,
    delivered: 0,
    duplicate: 0,
    outOfOrder: 0,
    resumed: 0,
    unrecovered: 0,
  };
}

export function count(occurrences: Occurrences, name: string): void {
  occurrences[name] = (occurrences[name] ?? 0) + 1;
}
