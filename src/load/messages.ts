import type { PlainRoom } from './room-view.ts';
import type { Scenario } from './scenario.ts';
import type { Counters, PlainTally } from './tally.ts';
import type { Target } from './target.ts';

/** What one worker has to do. Times in milliseconds of the shared clock. */
export interface WorkerPlan {
  scenario: Scenario;
  /** Which of the scenario's workers it is. */
  worker: number;
  target: Target;
  token?: string;
  /** When client 0 opens. */
  startAt: number;
  /** How long it waits at most for the last acknowledgements, and again for the last deliveries. */
  settleMs: number;
  /** How many addresses of 127.0.0.0/8 the connections are spread over; 1 leaves the choice to the system. */
  sources: number;
}

/** The end of a room's history, over all workers. */
export interface Head {
  epoch: string;
  offset: number;
}

/** What a worker process uses. */
export interface Usage {
  /** CPU time since it started. */
  cpuMs: number;
  rssBytes: number;
}

/** How far a worker is. */
export interface Progress extends Usage {
  counters: Counters;
  /** Offsets that its clients have skipped so far. */
  missing: number;
}

/** What is left in a worker when everything has come to rest. */
export interface WorkerResult extends Usage {
  tally: PlainTally;
  /** Offsets up to the rooms' heads that its clients have not seen. */
  undelivered: number;
  unacknowledged: number;
  /** Clients that are not in their room at the end, although they should be. */
  absent: number;
  /** Clients that are still in a history that is over. */
  stale: number;
}

/** Coordinator to worker. */
export type ToWorker =
  | { type: 'start'; plan: WorkerPlan }
  /** The common start of sending. */
  | { type: 'send'; at: number }
  /** Open nothing and send nothing any more. */
  | { type: 'stop'; settleMs: number }
  | { type: 'heads'; heads: Record<string, Head> };

/** Worker to coordinator. */
export type FromWorker =
  | { type: 'ready'; openFiles: number }
  | { type: 'progress'; progress: Progress }
  /** Everything is sent, and answered as far as it will be. */
  | { type: 'quiet'; rooms: PlainRoom[] }
  | { type: 'result'; result: WorkerResult };
