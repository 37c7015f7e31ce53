import { formatDuration } from '../lib/durations.ts';
import type { Part, RedisPart, ServicePart, Snapshot, TaskPart } from '../read-model/snapshot.ts';
import { renderTable } from './table.ts';

const shownEvents = 5;
const none = '-';

/** A snapshot as text: the verdict first, then service, tasks with their targets, and the last events. */
export function renderStatus(snapshot: Snapshot): string {
  const { stack, verdict, endpoint, loadBalancer, service, redis } = snapshot;
  const head = renderTable([
    ['state', `${verdict.state}: ${verdict.because}`],
    ['stack', stack],
    ['endpoint', show(loadBalancer, ({ state }) => `${endpoint ?? '(no listener)'} (${state})`)],
    ['service', show(service, (value) => `${describeTasks(value)}${describeUse(snapshot)}`)],
    ...renderScaling(snapshot),
    ['version', show(service, ({ deployments: [primary] }) => primary?.version ?? '(none)')],
    [
      'redis',
      show(redis, ({ engine, server, endpoint: address, nodes, status }) =>
        status === 'none'
          ? 'none of its own'
          : `${engine}${server === undefined ? '' : ` (here: ${server})`} at ${address ?? '(no endpoint)'}${describeNodes(nodes)} (${status})`,
      ),
    ],
  ]);
  return [head, renderDeployments(service), renderTasks(snapshot), renderEvents(service)]
    .filter((text) => text !== '')
    .join('\n');
}

function describeNodes(nodes: RedisPart['nodes']): string {
  if (nodes.length === 0) return '';
  const shards = new Set(nodes.map(({ shard }) => shard).filter((shard) => shard !== undefined)).size;
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const among = shards === 0 ? '' : ` in ${counted(shards, 'shard')}`;
  return `, ${counted(nodes.length, 'node')}${among}`;
}

/** Only where something scales, or that cannot be told. */
function renderScaling({ at, scaling }: Snapshot): string[][] {
  if (scaling.value === undefined) return [['scaling', show(scaling, () => '')]];
  const { limits, targets, lastActivity } = scaling.value;
  if (limits === undefined) return [];
  const kept = targets.map(({ metric, target }) => `, ${metric} at ${target ?? '?'}%`).join('');
  const ago = formatDuration(Math.max(0, at - (lastActivity?.at ?? at)));
  const last =
    lastActivity === undefined
      ? ''
      : `; ${ago} ago: ${lastActivity.description.replace(/\.$/, '')} (${lastActivity.cause})`;
  return [['scaling', `${limits.min}–${limits.max} tasks${kept}${last}`]];
}

function describeTasks({ running, desired, pending }: ServicePart): string {
  return `${running} of ${desired} tasks run${pending > 0 ? `, ${pending} pending` : ''}`;
}

function describeUse({ metrics: { value } }: Snapshot): string {
  const [cpu, memory] = [value?.cpu.at(-1)?.value, value?.memory.at(-1)?.value];
  return cpu === undefined || memory === undefined
    ? ''
    : `, cpu ${percent(cpu)}, memory ${percent(memory)} on average`;
}

/** Only while there is more to say than that the one deployment is done. */
function renderDeployments({ value }: Part<ServicePart>): string {
  const deployments = value?.deployments ?? [];
  if (deployments.every(({ rollout }) => rollout === 'COMPLETED')) return '';
  return renderTable([
    ['DEPLOYMENT', 'VERSION', 'ROLLOUT', 'RUNNING', 'FAILED', 'REASON'],
    ...deployments.map((each) => [
      each.status,
      each.version,
      each.rollout,
      `${each.running} of ${each.desired}`,
      String(each.failed),
      each.reason,
    ]),
  ]);
}

function renderTasks({ at, tasks, metrics }: Snapshot): string {
  if (tasks.value === undefined) return `tasks could not be read: ${tasks.error?.message}\n`;
  if (tasks.value.length === 0) return '';
  const rows = tasks.value.map((task) => [
    task.id.slice(0, 8),
    task.status,
    describeHealth(task),
    task.zone,
    task.version,
    task.taskDefinition,
    formatDuration(Math.max(0, at - (task.startedAt ?? task.createdAt ?? at))),
    task.cpu === undefined ? none : percent(task.cpu),
    task.memory === undefined ? none : percent(task.memory),
  ]);
  const table = renderTable([
    ['TASK', 'STATUS', 'TARGET', 'ZONE', 'VERSION', 'DEFINITION', 'AGE', 'CPU', 'MEMORY'],
    ...rows,
  ]);
  return `${table}${explainMissing(tasks.value, metrics)}`;
}

/** What the load balancer says, and where its container is checked, what that says. */
function describeHealth({ target, stoppedReason, health }: TaskPart): string {
  if (stoppedReason !== undefined) return stoppedReason;
  const container = health === 'UNKNOWN' ? '' : `, container ${health.toLowerCase()}`;
  const behind = target === undefined ? none : [target.state, target.reason].filter(Boolean).join(' ');
  return `${behind}${container}`;
}

function explainMissing(tasks: TaskPart[], metrics: Snapshot['metrics']): string {
  if (metrics.error !== undefined) return `metrics could not be read: ${metrics.error.message}\n`;
  if (tasks.some(({ cpu, memory }) => cpu !== undefined || memory !== undefined)) return '';
  return 'no CPU and memory per task: none yet, or the cluster has no Container Insights (monitoring.containerInsights "enhanced")\n';
}

function renderEvents({ value }: Part<ServicePart>): string {
  const events = value?.events.slice(0, shownEvents) ?? [];
  if (events.length === 0) return '';
  return renderTable([
    ['TIME (UTC)', 'EVENT'],
    ...events.map(({ at, message }) => [new Date(at).toISOString().slice(11, 19), message]),
  ]);
}

function show<T>(part: Part<T>, render: (value: T) => string): string {
  return part.value === undefined ? `could not be read: ${part.error?.message}` : render(part.value);
}

function percent(value: number): string {
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}%`;
}
