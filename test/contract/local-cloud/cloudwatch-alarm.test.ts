import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  paginateDescribeAlarms,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

const alarm = (name: string, change: Partial<PutMetricAlarmCommandInput> = {}) =>
  local.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'test',
      MetricName: name,
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...change,
    }),
  );

/** A value in each of the last full minutes, the youngest first; undefined for none. */
async function values(MetricName: string, ...last: (number | undefined)[]) {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const MetricData = last.flatMap((Value, index) =>
    Value === undefined ? [] : [{ MetricName, Value, Timestamp: new Date(now - (index + 1) * 60_000) }],
  );
  await local.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'test', MetricData }));
}

async function stateOf(name: string) {
  const { MetricAlarms } = await local.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms![0]!.StateValue;
}

test.each([
  ['high', [90, 85], {}, 'ALARM'],
  ['once', [90, 10], {}, 'OK'],
  ['once-of-two', [10, 90], { DatapointsToAlarm: 1 }, 'ALARM'],
  ['silent', [], {}, 'INSUFFICIENT_DATA'],
  ['silent-good', [], { TreatMissingData: 'notBreaching' }, 'OK'],
  ['silent-bad', [], { TreatMissingData: 'breaching' }, 'ALARM'],
  ['below', [0, 0], { ComparisonOperator: 'LessThanThreshold' as const, Threshold: 1 }, 'ALARM'],
])('an alarm has the state that its datapoints give it: %s', async (name, last, change, state) => {
  await alarm(name, change);
  await values(name, ...last);
  expect(await stateOf(name)).toBe(state);
});

test('an alarm on several metrics looks at the greatest, or at a difference', async () => {
  const stat = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'test', MetricName }, Period: 60, Stat: 'Maximum' },
    ReturnData: false,
  });
  await values('one', 10, 10);
  await values('two', 95, 95);
  const none = { Namespace: undefined, MetricName: undefined, Statistic: undefined, Period: undefined };
  const over = (Expression: string) => ({
    ...none,
    Metrics: [{ Id: 'e', Expression, ReturnData: true }, stat('m1', 'one'), stat('m2', 'two')],
  });
  await alarm('greatest', over('MAX(METRICS())'));
  await alarm('more', over('m2 - m1'));
  await alarm('less', over('m1 - m2'));
  expect(await Promise.all(['greatest', 'more', 'less'].map(stateOf))).toEqual(['ALARM', 'ALARM', 'OK']);
});

test('lists by prefix, in pages, and deletes all or none', async () => {
  for (const name of ['page/a', 'page/b', 'page/c']) await alarm(name);
  const seen: string[] = [];
  const pages = paginateDescribeAlarms(
    { client: local.cloudwatch, pageSize: 2 },
    { AlarmNamePrefix: 'page/' },
  );
  for await (const { MetricAlarms } of pages) seen.push(...MetricAlarms!.map(({ AlarmName }) => AlarmName!));
  expect(seen).toEqual(['page/a', 'page/b', 'page/c']);
  const remove = (...AlarmNames: string[]) => local.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames }));
  await expect(remove('page/a', 'page/none')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  expect(await stateOf('page/a')).toBeDefined();
  await remove('page/a', 'page/b', 'page/c');
});

test('refuses what CloudWatch refuses', async () => {
  const refused = (change: Partial<PutMetricAlarmCommandInput>, message: RegExp) =>
    expect(alarm('bad', change)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  await refused({ Period: 45 }, /multiple of 60/);
  await refused({ Statistic: undefined }, /Statistic or ExtendedStatistic/);
  await refused({ DatapointsToAlarm: 3 }, /less than or equal/);
  await refused({ Period: 3600, EvaluationPeriods: 200 }, /more than a day/);
  await refused({ AlarmActions: ['on-call'] }, /Invalid arn syntax/);
  const ResourceARN = 'arn:aws:cloudwatch:local:000000000000:alarm:none';
  await expect(local.cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a dashboard has to be JSON with widgets', async () => {
  const put = (DashboardBody: string) =>
    local.cloudwatch.send(new PutDashboardCommand({ DashboardName: 'board', DashboardBody }));
  for (const body of ['{', '{"widget":[]}']) {
    await expect(put(body)).rejects.toMatchObject({ name: 'DashboardInvalidInputError' });
  }
  await expect(
    local.cloudwatch.send(new GetDashboardCommand({ DashboardName: 'board' })),
  ).rejects.toMatchObject({ message: 'Dashboard board does not exist' });
});
