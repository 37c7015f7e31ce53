import { cron, type WallTime } from './cron.ts';
import { validation } from './state.ts';

const minuteMs = 60_000;

/** Whether a scheduled action falls due after `from` and not after `to`, both in milliseconds since 1970. `created` is from when a rate counts. */
export type Due = (from: number, to: number, created: number) => boolean;

/** Reads `cron(…)`, `at(…)` or `rate(…)`. Throws ValidationException. */
export function parseSchedule(expression: string, timezone: string): Due {
  const clock = wallClock(timezone);
  const [, kind, text = ''] = /^(cron|at|rate)\((.+)\)$/.exec(expression) ?? [];
  const due =
    kind === 'cron' ? cronDue(text, clock) : kind === 'at' ? atDue(text, clock) : kind && rateDue(text);
  if (!due) throw validation(`Invalid schedule expression. Details: ${expression} is not valid.`);
  return due;
}

function cronDue(text: string, clock: WallClock): Due | undefined {
  const matches = cron(text);
  if (matches === undefined) return undefined;
  return (from, to) => {
    for (let at = Math.floor(from / minuteMs + 1) * minuteMs; at <= to; at += minuteMs) {
      if (matches(clock(at))) return true;
    }
    return false;
  };
}

function atDue(text: string, clock: WallClock): Due | undefined {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : NaN;
  if (Number.isNaN(wall)) return undefined;
  // What the zone's clock is ahead at that time, found in two steps: the first may be on the other side of a change.
  const ahead = (at: number) => {
    const { year, month, day, hour, minute } = clock(at);
    return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / minuteMs) * minuteMs;
  };
  const at = wall - ahead(wall - ahead(wall));
  return (from, to) => from < at && at <= to;
}

function rateDue(text: string): Due | undefined {
  const [, count, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  const every = Number(count) * { minute: 1, hour: 60, day: 1440 }[unit]! * minuteMs;
  return (from, to, created) => Math.floor((to - created) / every) > Math.floor((from - created) / every);
}

type WallClock = (at: number) => WallTime;

function wallClock(timeZone: string): WallClock {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...shown });
  } catch {
    throw validation(`Invalid timezone: ${timeZone}`);
  }
  return (at) => {
    const parts = format.formatToParts(at).map(({ type, value }) => [type, Number(value)]);
    return Object.fromEntries(parts) as WallTime;
  };
}

const shown = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
} as const;
