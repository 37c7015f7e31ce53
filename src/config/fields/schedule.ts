import * as z from 'zod';

const tasks = z.number().int().min(0).max(5000);

/** `service.autoscaling.schedule`: scheduled actions (https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html). */
export const schedule = z
  .array(
    z
      .strictObject({
        cron: z
          .string()
          .refine(
            isCron,
            'must be six fields such as "0 8 ? * MON-FRI *", with "?" for the one day field that does not count',
          )
          .optional(),
        at: z
          .string()
          .refine(
            (at) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(at) && !Number.isNaN(Date.parse(`${at}Z`)),
            'must be a time such as "2027-01-31T08:00:00"',
          )
          .optional(),
        rate: z
          .string()
          .regex(
            /^(1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))$/,
            'must be like "1 day" or "12 hours"',
          )
          .optional(),
        timezone: z
          .string()
          .refine(isTimezone, 'must be the name of a time zone such as "Europe/Paris"')
          .default('UTC'),
        min: tasks.optional(),
        max: tasks.optional(),
      })
      .refine(({ cron, at, rate }) => [cron, at, rate].filter((one) => one !== undefined).length === 1, {
        message: 'needs one of cron, at and rate',
      })
      .refine(({ min, max }) => min !== undefined || max !== undefined, {
        message: 'needs min, max or both',
      }),
  )
  .max(200);

/** What a scheduled action's `Schedule` is on AWS. */
export function expressionOf({ cron, at, rate }: z.infer<typeof schedule>[number]): string {
  if (cron !== undefined) return `cron(${cron})`;
  return at === undefined ? `rate(${rate})` : `at(${at})`;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** What each of the six fields may be, besides `*`, lists, ranges and steps. */
const cronFields: { from: number; to: number; names?: string[]; special?: RegExp }[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31, special: /^(\?|L|([1-9]|[12]\d|3[01])W)$/ },
  { from: 1, to: 12, names: months },
  { from: 1, to: 7, names: weekdays, special: /^(\?|L|[1-7]L|[1-7]#[1-5])$/ },
  { from: 1970, to: 2199 },
];

function isCron(text: string): boolean {
  const fields = text.split(' ');
  if (fields.length !== cronFields.length) return false;
  const oneDay = (fields[2] === '?') !== (fields[4] === '?');
  return (
    oneDay &&
    fields.every((field, index) => field.split(',').every((part) => isPart(part, cronFields[index]!)))
  );
}

function isPart(part: string, { from, to, names = [], special }: (typeof cronFields)[number]): boolean {
  if (special?.test(part) === true) return true;
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range
    .split('-')
    .map((end) => (/^\d+$/.test(end) ? Number(end) : names.indexOf(end.toUpperCase()) + from));
  const known = range.split('-').every((end) => /^\d+$/.test(end) || names.includes(end.toUpperCase()));
  return (
    known && ends.length <= 2 && ends.every((end) => end >= from && end <= to) && ends[0]! <= ends.at(-1)!
  );
}

function isTimezone(name: string): boolean {
  try {
    return (
      new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' &&
      !/^[+-]/.test(name)
    );
  } catch {
    return false;
  }
}
