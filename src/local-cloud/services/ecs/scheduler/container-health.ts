import type { ContainerDefinition, HealthStatus } from '@aws-sdk/client-ecs';
import type { RunningTask } from '../../../runtime/data-plane.ts';
import type { StoredTask, StoredTaskDefinition } from '../state.ts';
import type { Runtime } from './runtime.ts';

/**
 * Runs the health check of a container, interval after interval, until its task ends: the first one an interval after
 * the start. HEALTHY with the first that passes, UNHEALTHY after `retries` failures in a row; failures within the
 * start period do not count, unless one has passed. A container without a health check stays UNKNOWN.
 */
export function watchContainer(
  { place, healthListeners }: Runtime,
  task: StoredTask,
  { healthCheck, name }: ContainerDefinition,
  running: RunningTask,
  essentials: string[],
): void {
  const shown = task.containers.find((container) => container.name === name);
  const [form] = healthCheck?.command ?? [];
  if (healthCheck === undefined || shown === undefined || form === 'NONE') return;
  const { command = [], interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = healthCheck;
  // A command without a form is a program with its arguments.
  const checked = form === 'CMD' || form === 'CMD-SHELL' ? command : ['CMD', ...command];
  const { clock } = place.cloud;
  const startedAt = clock.now();
  let failures = 0;
  const look = async () => {
    if (shown.lastStatus !== 'RUNNING') return;
    const code = await running.check(checked, timeout).catch(() => 1);
    if (shown.lastStatus !== 'RUNNING') return;
    const isExcused = shown.healthStatus === 'UNKNOWN' && clock.now() < startedAt + startPeriod * 1000;
    if (code === 0) failures = 0;
    else if (!isExcused) failures += 1;
    if (code === 0) shown.healthStatus = 'HEALTHY';
    else if (failures >= retries) shown.healthStatus = 'UNHEALTHY';
    const before = task.healthStatus;
    task.healthStatus = taskHealth(task, essentials);
    if (task.healthStatus !== before) for (const listener of healthListeners) listener();
    clock.after(interval * 1000, () => void look());
  };
  clock.after(interval * 1000, () => void look());
}

/** Names of the containers whose health is the task's: the essential ones with a health check. */
export function checkedContainers({ containerDefinitions }: StoredTaskDefinition): string[] {
  return containerDefinitions
    .filter(({ essential, healthCheck }) => essential !== false && healthCheck !== undefined)
    .map(({ name = '' }) => name);
}

function taskHealth({ containers }: StoredTask, essentials: string[]): HealthStatus {
  const all = containers
    .filter(({ name = '' }) => essentials.includes(name))
    .map(({ healthStatus = 'UNKNOWN' }) => healthStatus);
  if (all.includes('UNHEALTHY')) return 'UNHEALTHY';
  return all.length > 0 && all.every((health) => health === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
