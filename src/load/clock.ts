import { hrtime } from 'node:process';

/** Milliseconds of the machine's monotonic clock, which all processes of one machine share: times of different workers may be compared. */
export function sharedNow(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
