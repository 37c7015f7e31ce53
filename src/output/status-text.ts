import { formatDuration } from '../lib/durations.ts';
import type { Part, Snapshot } from '../read-model/snapshot.ts';
import { renderTable } from './table.ts';

const shownEvents = 5;

/** A snapshot as text: the verdict first, then service, tasks with their targets, and the last events. */
export function renderStatus(snapshot: Snapshot): string {
  const { stack, verdict, endpoint, service, redis } = snapshot;
  const head = renderTable([
    ['stack', stack],
    ['state', `${verdict.state}: ${verdict.because}`],
    ['endpoint', show(endpoint, ({ url, state }) => `${url ?? '(no listener)'} (${state})`)],
    [
      'service',
      show(
        service,
        ({ running, desired, pending }) =>
          `${running} of ${desired} tasks run${pending > 0 ? `, ${pending} pending` : ''}`,
      ),
    ],
    ['image', show(service, ({ image }) => image ?? '(none)')],
    [
      'redis',
      show(
        redis,
        (value) =>
          `${value.engine} at ${value.endpoint ?? '(no endpoint)'}, ${value.nodes} node${value.nodes === 1 ? '' : 's'} (${value.status})`,
      ),
    ],
  ]);
  return [head, renderTasks(snapshot), renderEvents(snapshot)].filter((text) => text !== '').join('\n');
}

function renderTasks({ at, tasks, targets }: Snapshot): string {
  if (tasks.value === undefined) return `tasks could not be read: ${tasks.error}\n`;
  if (tasks.value.length === 0) return '';
  const rows = tasks.value.map((task) => {
    const target = targets.value?.find(({ id }) => id === task.privateIp);
    const age = task.startedAt === undefined ? '' : formatDuration(Math.max(0, at - task.startedAt));
    const health = target === undefined ? '' : [target.state, target.reason].filter(Boolean).join(' ');
    return [task.id.slice(0, 8), task.status, health, task.zone, task.taskDefinition, task.image, age];
  });
  return renderTable([['TASK', 'STATUS', 'TARGET', 'ZONE', 'DEFINITION', 'IMAGE', 'AGE'], ...rows]);
}

function renderEvents({ service }: Snapshot): string {
  const events = service.value?.events.slice(0, shownEvents) ?? [];
  if (events.length === 0) return '';
  return renderTable([
    ['TIME', 'EVENT'],
    ...events.map(({ at, message }) => [new Date(at).toISOString().slice(11, 19), message]),
  ]);
}

function show<T>(part: Part<T>, render: (value: T) => string): string {
  return part.value === undefined ? `could not be read: ${part.error}` : render(part.value);
}
