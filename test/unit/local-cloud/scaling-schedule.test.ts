import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../src/local-cloud/services/application-autoscaling/schedule.ts';

const utc = (text: string) => Date.parse(`${text}Z`);

/** All full minutes of a span at which an action is due. */
function dueIn(expression: string, from: string, to: string, timezone = 'UTC'): string[] {
  const due = parseSchedule(expression, timezone);
  const times: string[] = [];
  for (let at = utc(from) + 60_000; at <= utc(to); at += 60_000) {
    if (due(at - 60_000, at, utc(from))) times.push(new Date(at).toISOString().slice(0, 16));
  }
  return times;
}

describe('a scheduled action is due', () => {
  it.each([
    [
      'cron(0 8 ? * MON-FRI *)',
      '2026-11-20T00:00',
      '2026-11-23T23:59',
      ['2026-11-20T08:00', '2026-11-23T08:00'],
    ],
    [
      'cron(0/20 9 ? * * *)',
      '2026-11-20T08:00',
      '2026-11-20T11:00',
      ['2026-11-20T09:00', '2026-11-20T09:20', '2026-11-20T09:40'],
    ],
    ['cron(0 0 L * ? *)', '2026-02-25T00:00', '2026-03-01T00:00', ['2026-02-28T00:00']],
    ['cron(0 0 1W * ? *)', '2026-08-01T00:00', '2026-08-05T00:00', ['2026-08-03T00:00']],
    ['cron(0 0 ? * 6L *)', '2026-11-20T00:00', '2026-11-30T00:00', ['2026-11-27T00:00']],
    ['cron(0 0 ? * 2#3 *)', '2026-11-14T00:00', '2026-11-25T00:00', ['2026-11-16T00:00']],
    ['cron(30 12 ? JAN-MAR,NOV SAT 2026)', '2026-11-20T00:00', '2026-11-22T00:00', ['2026-11-21T12:30']],
    ['cron(0 12 ? * * 2027)', '2026-11-20T00:00', '2026-11-22T00:00', []],
    ['at(2026-11-20T08:30:00)', '2026-11-20T00:00', '2026-11-21T00:00', ['2026-11-20T08:30']],
    ['rate(90 minutes)', '2026-11-20T00:00', '2026-11-20T04:00', ['2026-11-20T01:30', '2026-11-20T03:00']],
  ])('%s', (expression, from, to, times) => {
    expect(dueIn(expression, `${from}:00`, `${to}:00`)).toEqual(times);
  });

  it('by the clock of its time zone, also over a change to summer time', () => {
    expect(dueIn('cron(0 8 ? * * *)', '2026-03-28T00:00:00', '2026-03-29T12:00:00', 'Europe/Paris')).toEqual([
      '2026-03-28T07:00',
      '2026-03-29T06:00',
    ]);
    expect(
      dueIn('at(2026-07-01T08:00:00)', '2026-07-01T00:00:00', '2026-07-01T23:00:00', 'Asia/Kolkata'),
    ).toEqual(['2026-07-01T02:30']);
  });

  it.each([
    'cron(0 8 * * MON *)',
    'cron(0 8 ? * MON)',
    'cron(0 24 ? * * *)',
    'cron(0 8 ? FEBR * *)',
    'rate(0 days)',
    'at(soon)',
    'every day',
  ])('never, for %s is refused', (expression) => {
    expect(() => parseSchedule(expression, 'UTC')).toThrow(`${expression} is not valid`);
  });

  it('never in a time zone that does not exist', () => {
    expect(() => parseSchedule('rate(1 day)', 'Europe/Pari')).toThrow('Invalid timezone: Europe/Pari');
  });
});
