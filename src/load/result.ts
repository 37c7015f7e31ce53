import type { Percentiles } from './histogram.ts';
import type { Scenario } from './scenario.ts';
import type { Occurrences, Timing } from './tally.ts';

/** What was lost, by how it was lost; a thing is counted in one place only. */
export interface Lost {
  /** Sum of the others. */
  total: number;
  /** Offsets that a member should have seen and did not. */
  undelivered: number;
  /** Sends that were never acknowledged. */
  unacknowledged: number;
  /** Acknowledged messages that have no offset of their own: two were given the same. */
  unplaced: number;
  /** Resumes and resets after which something of the history was gone. */
  unrecovered: number;
  /** Clients that did not come, or did not come back. */
  absent: number;
}

/** How close a run came to a limit on this side. */
export interface Limits {
  /** Of each worker process. */
  openFiles: { limit: number | null; perWorker: number };
  /** Of one source address towards one server address. */
  ports: { perAddress: number; clients: number; sources: number };
  /** Shares from 0 to 1. */
  machineCpu: { mean: number; peak: number; cores: number };
  workers: { cpuMs: number; peakCpu: number; rssBytes: number }[];
}

/** What a run has shown, as plain data: the object that `--json` prints. */
export interface LoadResult {
  url: string;
  scenario: Scenario;
  interrupted: boolean;
  passed: boolean;
  clients: { wanted: number; joined: number; peakOpen: number };
  messages: {
    sent: number;
    acknowledged: number;
    /** Retries that were answered `duplicate: true`. */
    repeated: number;
    expected: number;
    delivered: number;
    duplicate: number;
    outOfOrder: number;
    lost: Lost;
  };
  connections: { resumed: number; cuts: Occurrences; failures: Occurrences; errors: Occurrences };
  /** Milliseconds. */
  latency: Record<Timing, Percentiles>;
  limits: Limits;
  /** How long messages were sent, in milliseconds. */
  sendingMs: number;
  ms: number;
}
