import { Histogram } from 'prom-client';
import type { CloseReason, ErrorCode } from '../protocol.ts';
import { CLOSINGS, ERRORS } from '../protocol.ts';

/** Why an upgrade was answered with an HTTP status instead. */
export const REFUSALS = ['not-found', 'foreign-origin', 'subprotocol', 'draining', 'full'] as const;

export type Refusal = (typeof REFUSALS)[number];

// From half a millisecond, which one Redis call takes, to the 3 s after which it is given up.
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What a node counts since its start. Plain numbers: nobody pays for a metric before it is asked for. */
export class Meter {
  connections = 0;
  accepted = 0;
  duplicates = 0;
  deliveries = 0;
  resumed = 0;
  notResumed = 0;
  readonly closed = zeros(Object.keys(CLOSINGS) as CloseReason[]);
  readonly errors = zeros(Object.keys(ERRORS) as ErrorCode[]);
  readonly refused = zeros(REFUSALS);
  /** From a `send` to its `sent`: about 0.2 µs for each message. */
  readonly send = new Histogram({
    name: 'chat_send_duration_seconds',
    help: 'From the arrival of a send to its sent, that is one call of Redis.',
    buckets: SECONDS,
    registers: [],
  });
  /** From the first frame of a turn of the event loop until all frames of the turn are written: once a turn. */
  readonly write = new Histogram({
    name: 'chat_write_duration_seconds',
    help: 'From the first frame of a turn of the event loop until the frames of the turn are handed to their sockets.',
    buckets: SECONDS,
    registers: [],
  });
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
