/** A moment as a clock on a wall shows it. */
export interface WallTime {
  year: number;
  /** 1–12 */
  month: number;
  /** 1–31 */
  day: number;
  hour: number;
  minute: number;
}

type Test = (time: WallTime) => boolean;

/** One of the six fields: its range, its names, and what a time has there. */
interface Field {
  from: number;
  to: number;
  names?: string[];
  of(time: WallTime): number;
  /** `L`, `W` and `#` of the two day fields. */
  special?(part: string): Test | undefined;
}

/**
 * Whether a minute is one of `minutes hours day-of-month month day-of-week year`; undefined where the expression is
 * not one (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html).
 */
export function cron(expression: string): Test | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length || (parts[2] === '?') === (parts[4] === '?')) return undefined;
  const tests = parts.map((part, index) => listOf(part, fields[index]!));
  if (tests.some((test) => test === undefined)) return undefined;
  return (time) => tests.every((test) => test!(time));
}

function listOf(text: string, field: Field): Test | undefined {
  const tests = text.split(',').map((part) => field.special?.(part) ?? rangeOf(part, field));
  if (tests.some((test) => test === undefined)) return undefined;
  return (time) => tests.some((test) => test!(time));
}

function rangeOf(part: string, { from, to, names = [], of }: Field): Test | undefined {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) return undefined;
  const [, every, first = '', last, stepText] = match;
  const numberOf = (text: string) =>
    /^\d+$/.test(text) ? Number(text) : names.indexOf(text.toUpperCase()) + (names.length > 0 ? from : -1);
  const known = (text: string) => /^\d+$/.test(text) || names.includes(text.toUpperCase());
  if (every === undefined && !(known(first) && known(last ?? first))) return undefined;
  const low = every === undefined ? numberOf(first) : from;
  // `5/10` goes on to the end.
  const high = last !== undefined ? numberOf(last) : every !== undefined || stepText !== undefined ? to : low;
  const step = Number(stepText ?? 1);
  if (low < from || high > to || low > high || step < 1) return undefined;
  return (time) => of(time) >= low && of(time) <= high && (of(time) - low) % step === 0;
}

const fields: Field[] = [
  { from: 0, to: 59, of: ({ minute }) => minute },
  { from: 0, to: 23, of: ({ hour }) => hour },
  { from: 1, to: 31, of: ({ day }) => day, special: dayOfMonth },
  {
    from: 1,
    to: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
    of: ({ month }) => month,
  },
  {
    from: 1,
    to: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    of: weekday,
    special: dayOfWeek,
  },
  { from: 1970, to: 2199, of: ({ year }) => year },
];

function dayOfMonth(part: string): Test | undefined {
  if (part === '?') return () => true;
  if (part === 'L') return (time) => time.day === daysIn(time);
  const wanted = Number(/^(\d+)W$/.exec(part)?.[1] ?? 0);
  if (wanted < 1 || wanted > 31) return undefined;
  return (time) => time.day === nearestWorkday(wanted, time);
}

function dayOfWeek(part: string): Test | undefined {
  if (part === '?') return () => true;
  if (part === 'L') return (time) => weekday(time) === 7;
  const last = /^([1-7])L$/.exec(part);
  if (last) return (time) => weekday(time) === Number(last[1]) && time.day > daysIn(time) - 7;
  const nth = /^([1-7])#([1-5])$/.exec(part);
  if (!nth) return undefined;
  return (time) => weekday(time) === Number(nth[1]) && Math.ceil(time.day / 7) === Number(nth[2]);
}

/** 1 is Sunday. */
function weekday({ year, month, day }: WallTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function daysIn({ year, month }: WallTime): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The workday next to a day of the month, within that month. */
function nearestWorkday(wanted: number, time: WallTime): number {
  const day = Math.min(wanted, daysIn(time));
  const on = weekday({ ...time, day });
  if (on === 7) return day > 1 ? day - 1 : day + 2;
  if (on === 1) return day < daysIn(time) ? day + 1 : day - 2;
  return day;
}
