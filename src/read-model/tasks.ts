import { DescribeTasksCommand, paginateListTasks } from '@aws-sdk/client-ecs';
import type { Task } from '@aws-sdk/client-ecs';
import { imageVersions } from './image-version.ts';
import type { EcsTask, PartReader, Reading } from './part-reader.ts';
import { shortName } from './service.ts';

/** How long a task that has stopped, and was not meant to, stays in sight. */
const stoppedInSightMs = 60_000;
/** The most that DescribeTasks takes. */
const most = 100;

/** aws ecs list-tasks (those that run, and those that stop), aws ecs describe-tasks */
export function tasksReader(versions = imageVersions()): PartReader<EcsTask[]> {
  return {
    needs: [],
    // A thousand tasks are ten calls and more: ECS gives twenty a second to everybody in the account.
    pause: (tasks) => 2_000 * Math.ceil((tasks.length + 1) / most),
    async read(reading) {
      const [running, stopped] = await Promise.all([list(reading, 'RUNNING'), list(reading, 'STOPPED')]);
      const arns = [...running, ...stopped.slice(0, most)];
      const batches = [];
      for (let at = 0; at < arns.length; at += most) batches.push(arns.slice(at, at + most));
      const tasks = (await Promise.all(batches.map((batch) => describe(reading, batch)))).flat();
      const shown = tasks.filter((task) => isInSight(task, reading.now));
      const parts = await Promise.all(shown.map((task) => taskPart(reading, task)));
      return parts.toSorted(leaversLast);
    },
  };

  async function taskPart(reading: Reading, task: Task): Promise<EcsTask> {
    const container = task.containers?.[0];
    const image = container?.image ?? '';
    const { imageDigest: digest } = container ?? {};
    const pinned = digest !== undefined && !image.includes('@') ? `${image}@${digest}` : image;
    return {
      id: shortName(task.taskArn),
      status: task.lastStatus ?? '',
      stoppedReason: task.desiredStatus === 'STOPPED' ? stopReason(task) : undefined,
      health: task.healthStatus ?? 'UNKNOWN',
      zone: task.availabilityZone ?? '',
      privateIp: container?.networkInterfaces?.[0]?.privateIpv4Address,
      taskDefinition: shortName(task.taskDefinitionArn),
      version: await versions.of(reading, pinned),
      digest,
      cpuUnits: Number(task.cpu ?? 0),
      memoryMiB: Number(task.memory ?? 0),
      createdAt: task.createdAt?.getTime(),
      startedAt: task.startedAt?.getTime(),
    };
  }
}

async function list(
  { cloud, names, signal: abortSignal }: Reading,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<string[]> {
  const pages = paginateListTasks(
    { client: cloud.ecs },
    { cluster: names.cluster, serviceName: names.service, desiredStatus },
    { abortSignal },
  );
  const arns: string[] = [];
  for await (const page of pages) arns.push(...(page.taskArns ?? []));
  return arns;
}

async function describe({ cloud, names, signal: abortSignal }: Reading, tasks: string[]): Promise<Task[]> {
  const command = new DescribeTasksCommand({ cluster: names.cluster, tasks });
  return (await cloud.ecs.send(command, { abortSignal })).tasks ?? [];
}

function isInSight({ lastStatus, stoppedAt, stopCode, stoppedReason = '' }: Task, now: number): boolean {
  if (lastStatus !== 'STOPPED') return true;
  const isMeant = stopCode === 'ServiceSchedulerInitiated' && stoppedReason.startsWith('Scaling activity');
  return !isMeant && (stoppedAt?.getTime() ?? 0) > now - stoppedInSightMs;
}

/** Those that run or start before those that are on their way out; within each, the oldest first. */
function leaversLast(a: EcsTask, b: EcsTask): number {
  const [first, second] = [a, b].map(({ stoppedReason }) => (stoppedReason === undefined ? 0 : 1));
  return first! - second! || (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1);
}

/** After the exit code of the container, where it has one. */
function stopReason({ stoppedReason = '', containers = [] }: Task): string {
  const [container] = containers;
  const said = container?.reason ?? stoppedReason;
  const code = container?.exitCode;
  return code === undefined || code === 0 ? said : `exit code ${code}: ${said}`;
}
