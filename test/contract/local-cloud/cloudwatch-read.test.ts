import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import { AwsError } from '../../../src/local-cloud/operation.ts';
import { operations } from '../../../src/local-cloud/services/cloudwatch/index.ts';
import { cloudWatch, record, single } from '../../../src/local-cloud/services/cloudwatch/state.ts';
import { services } from '../../../src/local-cloud/services/index.ts';
import { metricsReader } from '../../../src/read-model/metrics.ts';
import { snapshot, task } from '../../helpers/snapshots.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

/** What `chatops status` makes of CloudWatch's answers, those of AWS included where they differ from the local cloud's. */
const names = namesOf(identify('chat', 'default', 'local'));
const loadBalancer = snapshot().loadBalancer.value!;
const tasks = [task(1), task(2)];
const now = Math.floor(Date.now() / 60_000) * 60_000;

let local: Awaited<ReturnType<typeof startLocalCloud>>;
/** Whether periods of less than a minute are refused, as AWS documents for metrics of ordinary resolution. */
let isCoarse: boolean;
let listings: number;

beforeEach(async () => {
  isCoarse = false;
  listings = 0;
  const watched: typeof operations = {
    ...operations,
    GetMetricData(input: { MetricDataQueries: { MetricStat: { Period: number } }[] }, call) {
      if (isCoarse && input.MetricDataQueries.some(({ MetricStat }) => MetricStat.Period < 60)) {
        throw new AwsError('InvalidParameterValue', 'Period must be a multiple of 60');
      }
      return operations['GetMetricData']!(input, call);
    },
    ListMetrics(input: object, call) {
      listings += 1;
      return operations['ListMetrics']!(input, call);
    },
  };
  local = await startLocalCloud({
    services: services.map((service) =>
      service.signingName === 'monitoring' ? { ...service, operations: async () => watched } : service,
    ),
  });
});
afterEach(() => local.close());

/** One value of a metric, some seconds ago. */
function put(namespace: string, name: string, dimensions: Record<string, string>, value: number, ago = 20) {
  const list = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const at = now - ago * 1000;
  record(cloudWatch(local.call()), { namespace, name, dimensions: list }, single(at, value), now);
}

const service = { ClusterName: names.cluster, ServiceName: names.service };
const insights = (name: string, TaskId: string, value: number) =>
  put('ECS/ContainerInsights', name, { ...service, TaskId, TaskDefinitionFamily: 'chat' }, value);

const reading = (at = now) => ({
  cloud: { region: 'local', cloudwatch: local.cloudwatch } as unknown as Cloud,
  names,
  known: { tasks, loadBalancer },
  signal: new AbortController().signal,
  now: at,
});

test('reads service, load balancer and tasks, whatever further dimensions a task goes by', async () => {
  put('AWS/ECS', 'CPUUtilization', service, 10, 30);
  put('AWS/ECS', 'CPUUtilization', service, 20);
  put('AWS/ECS', 'MemoryUtilization', service, 50);
  put('AWS/ApplicationELB', 'ActiveConnectionCount', { LoadBalancer: loadBalancer.dimension }, 240);
  insights('TaskCpuUtilization', tasks[0]!.id, 12.346);
  insights('TaskMemoryUtilization', tasks[0]!.id, 40);
  const metrics = await metricsReader().read(reading());
  expect(metrics).toEqual({
    period: 10,
    cpu: [
      { at: now - 30_000, value: 10 },
      { at: now - 20_000, value: 20 },
    ],
    memory: [{ at: now - 20_000, value: 50 }],
    connections: [{ at: now - 20_000, value: 240 }],
    requests: [],
    tasks: {
      [tasks[0]!.id]: {
        cpu: [{ at: now - 20_000, value: 12.35 }],
        memory: [{ at: now - 20_000, value: 40 }],
      },
    },
  });
});

test('takes points of a minute where finer ones are refused, and asks for those from then on', async () => {
  isCoarse = true;
  put('AWS/ECS', 'CPUUtilization', service, 10);
  put('AWS/ECS', 'CPUUtilization', service, 20);
  const metrics = metricsReader();
  const first = await metrics.read(reading());
  expect(first).toMatchObject({ period: 60, cpu: [{ at: now - 60_000, value: 15 }] });
  expect(metrics.pause(first)).toBe(30_000);
  expect(await metrics.read(reading())).toMatchObject({ period: 60 });
});

test('has nothing where CloudWatch has nothing, and that is no error', async () => {
  expect(await metricsReader().read(reading())).toMatchObject({
    cpu: [],
    memory: [],
    connections: [],
    tasks: {},
  });
});

test('asks which tasks have metrics every ten seconds while one has none, else every five minutes', async () => {
  const metrics = metricsReader();
  await metrics.read(reading());
  await metrics.read(reading(now + 5_000));
  expect(listings).toBe(1);
  for (const { id } of tasks) insights('TaskCpuUtilization', id, 5);
  await metrics.read(reading(now + 11_000));
  expect(listings).toBe(2);
  await metrics.read(reading(now + 120_000));
  expect(listings).toBe(2);
  await metrics.read(reading(now + 340_000));
  expect(listings).toBe(3);
});
