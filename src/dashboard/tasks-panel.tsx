import { Text } from 'ink';
import type { Part, Series, Snapshot, TaskPart } from '../read-model/snapshot.ts';
import { Panel } from './panel.tsx';
import type { PanelProps } from './panel.tsx';
import { Line, Say } from './say.tsx';
import type { Tone } from './say.tsx';
import { sparkline, topOf } from './sparkline.ts';
import { taskColumns } from './task-columns.ts';
import type { TaskColumns } from './task-columns.ts';
import { age, cell, percent, plain, shortVersion } from './words.ts';

/** Lines that the panel would fill, its heading included. */
export function tasksLines({ tasks }: Snapshot): number {
  const number = tasks.value?.length ?? 0;
  return number === 0 ? 1 : 2 + number;
}

/** A row per task; as many as fit, and how many do not. */
export function TasksPanel({ snapshot, now, ...size }: PanelProps & { snapshot: Snapshot; now: number }) {
  const { tasks } = snapshot;
  const fit = size.height - 2;
  return (
    <Panel
      {...size}
      title="tasks"
      part={tasks}
      since={now - snapshot.at}
      summary={(all) => summary(all, snapshot, fit)}
    >
      {(all) => {
        const columns = taskColumns(size.width, all);
        if (all.length === 0) return null;
        return (
          <>
            <Line>
              <Say tone="quiet">{headings(columns)}</Say>
            </Line>
            {worstFirst(all, fit).map((task) => (
              <Row key={task.id} task={task} columns={columns} now={now} snapshot={snapshot} />
            ))}
          </>
        );
      }}
    </Panel>
  );
}

function summary(tasks: TaskPart[], { metrics }: Snapshot, fit: number): string {
  const hidden = tasks.length - fit;
  return [hidden > 0 && fit > 0 ? `${hidden} more` : '', metricsNote(tasks, metrics)]
    .filter(Boolean)
    .join(' · ');
}

/** Why the columns of CPU and memory are empty or old, if they are. */
function metricsNote(tasks: TaskPart[], { value, error }: Snapshot['metrics']): string {
  if (error !== undefined) return `! metrics: ${error.message}`;
  if (value === undefined || tasks.length === 0 || tasks.some(({ cpu, memory }) => cpu ?? memory)) return '';
  return Object.keys(value.tasks).length === 0 && value.cpu.length > 0
    ? 'cpu and memory per task need Container Insights'
    : '';
}

/** In the given order, but where not all fit, those in trouble are among the ones that do. */
function worstFirst(tasks: TaskPart[], fit: number): TaskPart[] {
  if (tasks.length <= fit) return tasks;
  const calm = (task: TaskPart) => (stateOf(task).tone === 'good' ? 1 : 0);
  return tasks.toSorted((a, b) => calm(a) - calm(b)).slice(0, Math.max(0, fit));
}

function headings(columns: TaskColumns): string {
  const { id, status, target, zone, version, bars } = columns;
  const use = (name: string, width: number) => cell(name, width + (bars > 0 ? bars + 1 : 0));
  const cells = [
    cell('task', id),
    cell(target > 0 ? 'status' : 'state', status),
    target > 0 && cell('target', target),
    zone > 0 && cell('zone', zone),
    version > 0 && cell('version', version),
    cell('age', columns.age),
    use('cpu', columns.cpu),
    use('memory', columns.memory + 1),
  ];
  return `  ${cells.filter((text) => text !== false).join('  ')}`;
}

interface RowProps {
  task: TaskPart;
  columns: TaskColumns;
  now: number;
  snapshot: Snapshot;
}

function Row({ task, columns, now, snapshot }: RowProps) {
  const { mark, tone, status, target } = stateOf(task);
  const isMerged = columns.target === 0;
  const text = (value: string, width: number) => (width > 0 ? `  ${cell(value, width)}` : '');
  return (
    <Line>
      <Say tone={tone}>{mark} </Say>
      <Say>{task.id.slice(0, columns.id)}</Say>
      <Say tone={tone}>{text(isMerged && status === 'running' ? target : status, columns.status)}</Say>
      <Say tone={tone}>{text(target, columns.target)}</Say>
      <Say>{text(task.zone, columns.zone)}</Say>
      <Say>{text(shortVersion(task.version), columns.version)}</Say>
      <Say tone="quiet">{text(age(now - (task.startedAt ?? task.createdAt ?? now)), columns.age)}</Say>
      {task.stoppedReason === undefined ? (
        <Use task={task} columns={columns} metrics={snapshot.metrics} />
      ) : (
        <Say tone="warn">{`  ${plain(task.stoppedReason)}`}</Say>
      )}
    </Line>
  );
}

function Use({
  task,
  columns,
  metrics,
}: {
  task: TaskPart;
  columns: TaskColumns;
  metrics: Snapshot['metrics'];
}) {
  const own = metrics.value?.tasks[task.id];
  const each = (
    value: number | undefined,
    series: Series | undefined,
    width: number,
    part: Part<unknown>,
  ) => {
    const number = cell(value === undefined ? '-' : percent(value), width);
    const graph = graphOf(series, columns.bars, metrics.value?.period ?? 60);
    return part.error === undefined ? (
      <>
        <Say tone="busy">{graph}</Say>
        <Say tone={value === undefined ? 'quiet' : value >= 90 ? 'warn' : 'plain'}>{number}</Say>
      </>
    ) : (
      <Text dimColor>{`${graph}${number}`}</Text>
    );
  };
  return (
    <>
      {'  '}
      {each(task.cpu, own?.cpu, columns.cpu, metrics)}
      {'  '}
      {each(task.memory, own?.memory, columns.memory, metrics)}
    </>
  );
}

function graphOf(series: Series = [], bars: number, period: number): string {
  return bars === 0 ? '' : `${sparkline(series, { width: bars, period, top: topOf(series, 10) })} `;
}

interface TaskState {
  mark: string;
  tone: Tone;
  status: string;
  target: string;
}

/** A task in a mark and two words. */
function stateOf({ status, target, stoppedReason, health }: TaskPart): TaskState {
  const words = { status: status.toLowerCase(), target: target?.state ?? '-' };
  if (status === 'STOPPED') return { mark: '✗', tone: 'bad', ...words };
  if (stoppedReason !== undefined) {
    return { mark: '◌', tone: 'warn', ...words, status: status === 'RUNNING' ? 'stopping' : words.status };
  }
  if (status !== 'RUNNING') return { mark: '◐', tone: 'busy', ...words };
  // Of the container health check; the load balancer may find it well all the same.
  if (health === 'UNHEALTHY') return { mark: '✗', tone: 'bad', ...words, target: 'unhealthy' };
  if (words.target === 'healthy') return { mark: '✓', tone: 'good', ...words };
  if (words.target === 'unhealthy') return { mark: '✗', tone: 'bad', ...words };
  return { mark: '◐', tone: 'busy', ...words };
}
