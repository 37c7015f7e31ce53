import { expect, it } from 'vitest';
import { describeIssues } from '../../../src/config/issues.ts';
import { configSchema } from '../../../src/config/schema.ts';

function problemsOf(autoscaling: object): string[] {
  const raw = { service: { autoscaling } };
  const { error } = configSchema.safeParse(raw);
  return error === undefined ? [] : describeIssues(error, raw, (path) => path);
}

const at = (action: object) => ({ min: 1, max: 4, schedule: [action] });

it.each([
  [{ min: 2, max: 6, cpu: 60 }],
  [{ min: 0, max: 6, memory: 70 }],
  [at({ cron: '0 8 ? * MON-FRI *', timezone: 'Europe/Paris', min: 3 })],
  [at({ cron: '0/15 9-17 L * ? 2026-2030', max: 2 })],
  [at({ cron: '0 10 ? * 6L *', min: 2 })],
  [at({ cron: '0 10 15W JAN,JUL ? *', min: 2 })],
  [at({ at: '2027-01-31T08:00:00', min: 2, max: 9 })],
  [at({ rate: '12 hours', min: 2 })],
])('takes %j', (autoscaling) => expect(problemsOf(autoscaling)).toEqual([]));

it.each([
  [{ min: 3, max: 2, cpu: 60 }, 'service.autoscaling.min: must be at most max, is 3'],
  [{ min: 1, max: 2, cpu: 0 }, 'service.autoscaling.cpu: must be at least 1, is 0'],
  [{ min: 1, max: 2, cpu: 101 }, 'service.autoscaling.cpu: must be at most 100, is 101'],
  [{ max: 2, cpu: 60 }, 'service.autoscaling.min: must be a number'],
])('refuses %j', (autoscaling, problem) => expect(problemsOf(autoscaling)).toEqual([problem]));

it('wants something to scale by', () => {
  expect(problemsOf({ min: 1, max: 2 })).toEqual([
    expect.stringContaining(
      'service.autoscaling: needs cpu, memory or schedule: else nothing would ever scale',
    ),
  ]);
});

const cronWanted =
  'must be six fields such as "0 8 ? * MON-FRI *", with "?" for the one day field that does not count';

it.each([
  [{ cron: '0 8 * * MON-FRI *', min: 2 }, `0.cron: ${cronWanted}, is "0 8 * * MON-FRI *"`],
  [{ cron: '0 8 ? * *', min: 2 }, `0.cron: ${cronWanted}, is "0 8 ? * *"`],
  [{ cron: '60 8 ? * * *', min: 2 }, `0.cron: ${cronWanted}, is "60 8 ? * * *"`],
  [{ cron: '0 8 ? * FRI-MON *', min: 2 }, `0.cron: ${cronWanted}, is "0 8 ? * FRI-MON *"`],
  [{ cron: '0 8 ? * 8 *', min: 2 }, `0.cron: ${cronWanted}, is "0 8 ? * 8 *"`],
  [
    { at: '2027-02-30T25:00:00', min: 2 },
    '0.at: must be a time such as "2027-01-31T08:00:00", is "2027-02-30T25:00:00"',
  ],
  [{ rate: '1 hours', min: 2 }, '0.rate: must be like "1 day" or "12 hours", is "1 hours"'],
  [
    { rate: '1 day', timezone: 'Europe/Pari', min: 2 },
    '0.timezone: must be the name of a time zone such as "Europe/Paris", is "Europe/Pari"',
  ],
  [{ rate: '1 day', min: 5 }, '0.min: must be at most max (4), is 5'],
  [{ rate: '1 day', max: 0 }, '0.max: must be at least min (1), is 0'],
])('refuses the scheduled action %j', (action, problem) =>
  expect(problemsOf(at(action))).toEqual([`service.autoscaling.schedule.${problem}`]),
);

it.each([
  [{ min: 2 }, '0: needs one of cron, at and rate'],
  [{ rate: '1 day', at: '2027-01-31T08:00:00', min: 2 }, '0: needs one of cron, at and rate'],
  [{ rate: '1 day' }, '0: needs min, max or both'],
])('says what the scheduled action %j lacks', (action, problem) =>
  expect(problemsOf(at(action))).toEqual([
    expect.stringContaining(`service.autoscaling.schedule.${problem}`),
  ]),
);
