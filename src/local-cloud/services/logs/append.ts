import { eventOverhead, maxEvents, maxStreamBytes } from './state.ts';
import type { LogStreamState } from './state.ts';

// A stream may be over its bounds by a tenth, so that its front is not cut off anew for every single event.
const slack = 1.1;

/** Adds events to a stream; what is over the stream's bounds then goes, oldest first. */
export function append(
  stream: LogStreamState,
  events: { timestamp: number; message: string }[],
  ingestionTime: number,
): void {
  for (const { timestamp, message } of events) {
    stream.events.push({ sequence: stream.nextSequence, timestamp, ingestionTime, message });
    stream.nextSequence += 1;
    stream.bytes += sizeOf(message);
  }
  if (stream.events.length <= maxEvents * slack && stream.bytes <= maxStreamBytes * slack) return;
  let dropped = 0;
  while (stream.events.length - dropped > maxEvents || stream.bytes > maxStreamBytes) {
    stream.bytes -= sizeOf(stream.events[dropped]!.message);
    dropped += 1;
  }
  stream.events.splice(0, dropped);
}

/** Bytes of an event, as CloudWatch counts them. */
export function sizeOf(message: string): number {
  return Buffer.byteLength(message) + eventOverhead;
}
