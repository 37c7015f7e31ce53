import type { BreakReason, Position } from '../protocol.ts';
import type { Head } from '../redis/store.ts';

/** How far a reader's history and the room's agree: all of it, or up to `offset` and then a reason. */
export type Shared = { offset: number; reason?: BreakReason };

/** Compares where a reader stands with a room's head. Epochs follow on one another: the part of an old one up to where it ended still holds. */
export function sharedHistory(reader: Position, head: Head): Shared {
  if (reader.epoch === head.epoch) {
    return reader.offset <= head.offset
      ? { offset: reader.offset }
      : { offset: head.offset, reason: 'ahead' };
  }
  // A later epoch may end before an earlier one did (a replica that lagged twice), so the lowest end counts.
  let end = Number.POSITIVE_INFINITY;
  for (const past of head.lineage.split(',')) {
    const at = past.lastIndexOf(':');
    if (at < 0) break;
    end = Math.min(end, Number(past.slice(at + 1)));
    if (past.slice(0, at) !== reader.epoch) continue;
    return reader.offset <= end ? { offset: reader.offset } : { offset: end, reason: 'failover' };
  }
  return { offset: 0, reason: 'unknown-epoch' };
}
