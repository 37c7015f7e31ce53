import type { LocalCloud } from '../../cloud.ts';
import type { RunningTask } from '../../runtime/data-plane.ts';
import { runtimeOf } from '../ecs/scheduler/scheduler.ts';
import { ecsState } from '../ecs/state.ts';
import type { Place, StoredTask } from '../ecs/state.ts';
import { sampleTraffic } from './sampling-traffic.ts';
import { cloudWatch, record, single } from './state.ts';

/** CPU seconds of a container when it was last looked at. */
type Reading = { at: number; cpuSeconds: number };

/** Fast enough for the minutes by which services scale to have several samples each, and no faster than is worth it. */
const everyMs = 5_000;
const fastestMs = 200;

/**
 * Measures the processes of all running tasks every few seconds and records what ECS would: `AWS/ECS` CPUUtilization
 * and MemoryUtilization of each service, `ECS/ContainerInsights` TaskCpuUtilization and TaskMemoryUtilization of each
 * task, all in percent of what the task has reserved. AWS records the latter only where the cluster has Container
 * Insights with enhanced observability, and charges for it; here they are always there. The returned function ends it.
 */
export function startSampling(cloud: LocalCloud): () => void {
  const intervalMs = Math.max(fastestMs, everyMs / cloud.clock.pace);
  const readings = new WeakMap<RunningTask, Reading>();
  const counted = new Map<string, number>();
  let lastTraffic = 0;
  let ended = false;
  let callOff = (): void => undefined;
  const sample = async (): Promise<void> => {
    const turn = Math.floor(cloud.clock.now() / everyMs);
    const isTrafficDue = turn > lastTraffic;
    lastTraffic = turn;
    for (const region of regionsOf(cloud)) {
      const place = { cloud, region, account: cloud.account };
      const measured = [...runtimeOf(place).running].map(async ([arn, containers]) => {
        const task = ecsState(place).tasks.get(arn);
        if (task !== undefined) await measure(place, task, containers, readings);
      });
      await Promise.all(measured);
      if (isTrafficDue) sampleTraffic(place, counted);
    }
    if (!ended) next();
  };
  // At full multiples of the interval, so that the samples of all tasks fall into the same second.
  const next = (): void => {
    callOff = cloud.clock.after(intervalMs - (cloud.clock.now() % intervalMs), () => void sample());
  };
  next();
  return () => {
    ended = true;
    callOff();
  };
}

function regionsOf({ states }: LocalCloud): string[] {
  return [...states.keys()].filter((key) => key.startsWith('ecs@')).map((key) => key.slice('ecs@'.length));
}

async function measure(
  place: Place,
  task: StoredTask,
  containers: RunningTask[],
  readings: WeakMap<RunningTask, Reading>,
): Promise<void> {
  const used = await Promise.all(containers.map((container) => usageOf(container, place, readings)));
  const sum = (member: 'vCpus' | 'memoryBytes') =>
    used.reduce<number | undefined>(
      (total, each) =>
        total === undefined || each?.[member] === undefined ? undefined : total + each[member],
      0,
    );
  const [vCpus, memoryBytes] = [sum('vCpus'), sum('memoryBytes')];
  if (vCpus !== undefined) recordFor(place, task, 'Cpu', (vCpus * 1024) / Number(task.cpu));
  if (memoryBytes !== undefined) {
    recordFor(place, task, 'Memory', memoryBytes / (1024 * 1024) / Number(task.memory));
  }
}

/** vCPUs since the last look (undefined the first time) and resident bytes; undefined once the process is gone. */
async function usageOf(
  container: RunningTask,
  { cloud }: Place,
  readings: WeakMap<RunningTask, Reading>,
): Promise<{ vCpus: number | undefined; memoryBytes: number } | undefined> {
  const usage = await container.usage();
  if (usage === undefined) return undefined;
  const at = cloud.clock.now();
  const before = readings.get(container);
  readings.set(container, { at, cpuSeconds: usage.cpuSeconds });
  const seconds = (at - (before?.at ?? at)) / 1000;
  const vCpus = before && seconds > 0 ? (usage.cpuSeconds - before.cpuSeconds) / seconds : undefined;
  return { vCpus, memoryBytes: usage.memoryBytes };
}

/** `share` is 1 for all that the task has reserved. */
function recordFor(place: Place, task: StoredTask, of: 'Cpu' | 'Memory', share: number): void {
  const now = place.cloud.clock.now();
  const resolution = 1000 / place.cloud.clock.pace;
  const values = single(Math.floor(now / resolution) * resolution, share * 100);
  const cluster = { Name: 'ClusterName', Value: task.clusterArn.split('/').at(-1)! };
  const service =
    task.serviceArn === undefined ? [] : [{ Name: 'ServiceName', Value: task.serviceArn.split('/').at(-1)! }];
  const own = [cluster, ...service, { Name: 'TaskId', Value: task.taskId }];
  const add = (namespace: string, name: string, dimensions: typeof own) =>
    record(cloudWatch(place), { namespace, name, dimensions, unit: 'Percent' }, values, now);
  add('ECS/ContainerInsights', `Task${of}Utilization`, own);
  if (task.serviceArn !== undefined) {
    add('AWS/ECS', of === 'Cpu' ? 'CPUUtilization' : 'MemoryUtilization', [cluster, ...service]);
  }
}
