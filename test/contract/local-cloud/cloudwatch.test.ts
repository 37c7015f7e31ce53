import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
/** A full five minutes, some minutes ago. */
const minute = Math.floor(Date.now() / 300_000) * 300_000 - 600_000;

beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  local.cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));

const query = (Namespace: string, MetricName: string, change: object = {}, Dimensions: Dimension[] = []) => ({
  StartTime: new Date(minute),
  EndTime: new Date(minute + 300_000),
  MetricDataQueries: [
    {
      Id: 'm1',
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period: 60,
        Stat: 'Average',
        ...change,
      },
    },
  ],
});

const values = async (input: ReturnType<typeof query> & object) => {
  const { MetricDataResults } = await local.cloudwatch.send(new GetMetricDataCommand(input));
  return MetricDataResults![0]!.Values;
};

/** 1, 2, 3 in the first minute, 10 in the second; nothing in the third. */
async function fill(namespace: string) {
  for (const [seconds, Value] of [
    [0, 1],
    [10, 2],
    [20, 3],
    [60, 10],
  ] as const) {
    const Timestamp = new Date(minute + seconds * 1000);
    await put(namespace, { MetricName: 'load', Value, Timestamp, Unit: 'Count', StorageResolution: 1 });
  }
}

test('gives statistics per period, the youngest first', async () => {
  await fill('periods');
  expect(await values(query('periods', 'load'))).toEqual([10, 2]);
  expect(await values(query('periods', 'load', { Stat: 'Sum' }))).toEqual([10, 6]);
  expect(await values(query('periods', 'load', { Stat: 'Maximum' }))).toEqual([10, 3]);
  expect(await values(query('periods', 'load', { Stat: 'Minimum' }))).toEqual([10, 1]);
  expect(await values(query('periods', 'load', { Stat: 'SampleCount' }))).toEqual([1, 3]);
  expect(await values(query('periods', 'load', { Period: 10 }))).toEqual([10, 3, 2, 1]);
  expect(await values(query('periods', 'load', { Period: 300 }))).toEqual([4]);
  expect(await values({ ...query('periods', 'load'), ScanBy: 'TimestampAscending' } as never)).toEqual([
    2, 10,
  ]);
});

test('puts a point at the start of its period', async () => {
  await fill('times');
  const { MetricDataResults } = await local.cloudwatch.send(new GetMetricDataCommand(query('times', 'load')));
  expect(MetricDataResults![0]).toMatchObject({
    Id: 'm1',
    Label: 'load',
    StatusCode: 'Complete',
    Timestamps: [new Date(minute + 60_000), new Date(minute)],
  });
});

test('tells metrics apart by their dimensions, in whatever order they are named', async () => {
  const zone = { Name: 'Zone', Value: 'a' };
  const task = { Name: 'Task', Value: '1' };
  const Timestamp = new Date(minute);
  await put('apart', { MetricName: 'cpu', Value: 5, Timestamp, Dimensions: [zone, task] });
  await put('apart', { MetricName: 'cpu', Value: 7, Timestamp, Dimensions: [zone] });
  expect(await values(query('apart', 'cpu', {}, [task, zone]))).toEqual([5]);
  expect(await values(query('apart', 'cpu', {}, [zone]))).toEqual([7]);
  expect(await values(query('apart', 'cpu'))).toEqual([]);
  const listed = async (...Dimensions: { Name: string; Value?: string }[]) => {
    const { Metrics } = await local.cloudwatch.send(
      new ListMetricsCommand({ Namespace: 'apart', MetricName: 'cpu', Dimensions }),
    );
    return Metrics!.map((metric) => metric.Dimensions!.map(({ Value }) => Value));
  };
  expect(await listed()).toEqual([['1', 'a'], ['a']]);
  expect(await listed({ Name: 'Task' })).toEqual([['1', 'a']]);
  expect(await listed({ Name: 'Zone', Value: 'b' })).toEqual([]);
});

test('takes sets of statistics, and values with counts', async () => {
  const Timestamp = new Date(minute);
  const StatisticValues = { SampleCount: 4, Sum: 20, Minimum: 2, Maximum: 9 };
  await put('sets', { MetricName: 'a', Timestamp, StatisticValues });
  await put('sets', { MetricName: 'b', Timestamp, Values: [1, 4], Counts: [2, 1] });
  expect(await values(query('sets', 'a'))).toEqual([5]);
  expect(await values(query('sets', 'b'))).toEqual([2]);
  expect(await values(query('sets', 'b', { Stat: 'SampleCount' }))).toEqual([3]);
});

test('gives many points in pages', async () => {
  await fill('pages');
  const seen: number[] = [];
  const pages = paginateGetMetricData(
    { client: local.cloudwatch },
    { ...query('pages', 'load', { Period: 10 }), MaxDatapoints: 3 },
  );
  for await (const { MetricDataResults } of pages) seen.push(...MetricDataResults![0]!.Values!);
  expect(seen).toEqual([10, 3, 2, 1]);
});

test.each([
  ['a period between', { Period: 45 }, 'InvalidParameterValueException', /multiple of 60/],
  ['a percentile', { Stat: 'p99' }, 'ValidationException', /p99/],
])('refuses %s', async (_, change, name, message) => {
  await expect(values(query('any', 'thing', change))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('refuses times that run backwards, ids that are double, expressions, and AWS’s own namespaces', async () => {
  const good = query('any', 'thing');
  await expect(values({ ...good, EndTime: good.StartTime })).rejects.toMatchObject({
    message: 'The parameter StartTime must be less than the parameter EndTime.',
  });
  const twice = [...good.MetricDataQueries, ...good.MetricDataQueries];
  await expect(values({ ...good, MetricDataQueries: twice })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('m1'),
  });
  const expression = [{ Id: 'e1', Expression: 'm1 * 2' }];
  await expect(values({ ...good, MetricDataQueries: expression } as never)).rejects.toMatchObject({
    message: expect.stringContaining('e1'),
  });
  await expect(put('AWS/ECS', { MetricName: 'CPUUtilization', Value: 1 })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  });
});

test('answers clients of before, that send forms', async () => {
  await fill('forms');
  const { endpoint, credentials } = local;
  const protocol = AwsQueryProtocol;
  const client = new CloudWatchClient({ region: 'local', endpoint, credentials, maxAttempts: 1, protocol });
  const { MetricDataResults } = await client.send(new GetMetricDataCommand(query('forms', 'load')));
  expect(MetricDataResults![0]).toMatchObject({ Values: [10, 2] });
  await expect(client.send(new GetMetricDataCommand(query('forms', 'load', { Period: 45 })))).rejects.toThrow(
    /multiple of 60/,
  );
  client.destroy();
});
