import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloudClock } from '../../../src/local-cloud/clock.ts';
import { startSampling } from '../../../src/local-cloud/services/cloudwatch/sampling.ts';
import { ecsStack, isSteady } from '../../helpers/ecs-stack.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { quietDataPlane } from '../../helpers/quiet-data-plane.ts';

/** What each container of the data plane has used so far, in the order of their starts. */
let used: { cpuSeconds: number; memoryBytes: number }[];
let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
let stack: Awaited<ReturnType<typeof ecsStack>>;
let clock: CloudClock & { jump(ms: number): Promise<void> };
let endSampling: () => void;

beforeEach(async () => {
  used = [];
  clock = samplingClock();
  const dataPlane = quietDataPlane();
  const { start } = dataPlane.tasks;
  dataPlane.tasks.start = async (spec) => {
    const index = used.push({ cpuSeconds: 0, memoryBytes: 0 }) - 1;
    return { ...(await start(spec)), usage: async () => used[index] };
  };
  cloud = await startLocalCloud({ dataPlane, clock });
  stack = await ecsStack(cloud);
  const image = await stack.image({ 'app/server.mjs': '' });
  await stack.service({ taskDefinition: await stack.taskDefinition({ image }) });
  await stack.until(isSteady, 10_000);
  endSampling = startSampling(cloud.cloud);
});
afterEach(async () => {
  endSampling();
  await cloud.close();
});

/** Average of the last minute, which may lie in two periods. */
async function average(Namespace: string, MetricName: string, dimensions: Record<string, string>) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { MetricDataResults } = await cloud.cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(clock.now() - 60_000),
      EndTime: new Date(clock.now() + 1000),
      MetricDataQueries: ['Sum', 'SampleCount'].map((Stat) => ({
        Id: Stat.toLowerCase(),
        MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 300, Stat },
      })),
    }),
  );
  const [sum, count] = MetricDataResults!.map(({ Values }) =>
    Values!.reduce((total, value) => total + value, 0),
  );
  return sum! / count!;
}

test('records what the processes of a service use, in percent of what its tasks reserve', async () => {
  const service = { ClusterName: 'main', ServiceName: 'app' };
  await clock.jump(5_000);
  // 256 units are a quarter of a vCPU: 0.5 s in 5 s is 40 %, 0.25 s is 20 %; 128 of 512 MiB is 25 %.
  for (const [index, each] of used.entries()) {
    each.cpuSeconds = index === 0 ? 0.5 : 0.25;
    each.memoryBytes = 128 * 1024 * 1024;
  }
  await clock.jump(5_000);
  expect(used).toHaveLength(2);
  expect(await average('AWS/ECS', 'CPUUtilization', service)).toBeCloseTo(30);
  // The first look found no memory in use, the second 25 %.
  expect(await average('AWS/ECS', 'MemoryUtilization', service)).toBeCloseTo(12.5);
  const { Metrics } = await cloud.cloudwatch.send(
    new ListMetricsCommand({
      Namespace: 'ECS/ContainerInsights',
      MetricName: 'TaskCpuUtilization',
      RecentlyActive: 'PT3H',
    }),
  );
  const tasks = Metrics!.map(({ Dimensions }) => Dimensions!.find(({ Name }) => Name === 'TaskId')!.Value!);
  expect(tasks).toHaveLength(2);
  const each = await Promise.all(
    tasks.map((TaskId) => average('ECS/ContainerInsights', 'TaskCpuUtilization', { ...service, TaskId })),
  );
  expect(each.map((value) => Math.round(value))).toEqual(expect.arrayContaining([20, 40]));
});

test('records what goes through a load balancer, and begins at zero with a load balancer process that is new', async () => {
  await (await stack.loadBalancer(8080)).attach();
  const [balancer] = (await cloud.elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers!;
  const loadBalancerArn = balancer!.LoadBalancerArn!;
  const [listener] = (
    await cloud.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn }))
  ).Listeners!;
  const traffic = { connections: 6, requests: 30 };
  cloud.cloud.dataPlane.balancer.traffic = (arn) => (arn === listener!.ListenerArn ? traffic : undefined);
  const dimension = { LoadBalancer: loadBalancerArn.split(':loadbalancer/')[1]! };
  for (const requests of [30, 40, 5]) {
    traffic.requests = requests;
    await clock.jump(5_000);
  }
  // 30, then 10 more, then 5 of a new process.
  expect(await average('AWS/ApplicationELB', 'RequestCount', dimension)).toBeCloseTo(15);
  expect(await average('AWS/ApplicationELB', 'ActiveConnectionCount', dimension)).toBeCloseTo(6);
});

test('ends when it is told to', async () => {
  await clock.jump(5_000);
  endSampling();
  used.forEach((each) => (each.memoryBytes = 512 * 1024 * 1024));
  await clock.jump(5_000);
  expect(
    await average('AWS/ECS', 'MemoryUtilization', { ClusterName: 'main', ServiceName: 'app' }),
  ).toBeCloseTo(0);
});

/** Real time but for the timers of five seconds and less that the sampling sets: those run when the clock jumps. */
function samplingClock(): typeof clock {
  let ahead = 0;
  const waiting = new Set<{ at: number; run: () => void }>();
  const now = () => Math.floor((Date.now() + ahead) / 1000) * 1000;
  return {
    now,
    latency: () => 0,
    pace: 1,
    after(ms, run) {
      const timer = { at: now() + ms, run };
      waiting.add(timer);
      return () => waiting.delete(timer);
    },
    async jump(ms) {
      ahead += ms - (now() % 5_000);
      for (const timer of waiting) {
        if (timer.at > now()) continue;
        waiting.delete(timer);
        timer.run();
      }
      // Until the readings are recorded.
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
