import type { LogEvent } from './state.ts';

type Position = Pick<LogEvent, 'timestamp' | 'sequence'>;

/** The order in which events of a stream are read: by time, and at the same time as they came in. */
export function byTime(a: Position, b: Position): number {
  return a.timestamp - b.timestamp || a.sequence - b.sequence;
}
