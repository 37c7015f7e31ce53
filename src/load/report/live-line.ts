import { formatDuration } from '../../lib/durations.ts';
import type { Live } from '../live.ts';

/** Turns what a run says of itself into one line each time: totals, and rates since the last line. */
export function liveLines(): (live: Live) => string {
  let last: Live | undefined;
  return (live) => {
    const seconds = (live.elapsedMs - (last?.elapsedMs ?? 0)) / 1000;
    const rate = (now: number, before = 0) => (seconds <= 0 ? '0/s' : `${whole((now - before) / seconds)}/s`);
    const line = [
      `${formatDuration(live.elapsedMs)} ${live.stage}`,
      `${whole(live.open)} of ${whole(live.wanted)} open`,
      `sent ${rate(live.sent, last?.sent)}`,
      `delivered ${rate(live.delivered, last?.delivered)}`,
      `lost ${whole(live.lost)}`,
    ].join(' · ');
    last = live;
    return line;
  };
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
