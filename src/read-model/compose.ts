import type { EcsTask, PartName, PartValues } from './part-reader.ts';
import type { Part, PartError, Series, Snapshot, TargetPart, TaskPart } from './snapshot.ts';
import { judge } from './verdict.ts';

/** What is held of one part between two readings. */
export interface Held<T> {
  value?: T;
  /** When the value was read, in milliseconds since 1970. */
  readAt?: number;
  error?: PartError | undefined;
}

export type HeldParts = { [P in PartName]?: Held<PartValues[P]> };

/** How old a task's last point may be and still be called what it uses now, in milliseconds. */
const currentMs = 5 * 60_000;

/** The snapshot of what is held, at a time: tasks get their targets and metrics, and a verdict is found. Pure. */
export function compose(stack: { stack: string; region: string }, held: HeldParts, at: number): Snapshot {
  const parts: Omit<Snapshot, 'verdict'> = {
    ...stack,
    at,
    endpoint: held.loadBalancer?.value?.url,
    service: partOf(held.service, at, ({ targetGroupArns: _targetGroupArns, ...service }) => service),
    scaling: partOf(held.scaling, at, same),
    tasks: partOf(held.tasks, at, (tasks) => tasks.map((task) => joined(task, held, at))),
    targets: partOf(held.targets, at, same),
    redis: partOf(held.redis, at, same),
    loadBalancer: partOf(held.loadBalancer, at, same),
    metrics: partOf(held.metrics, at, same),
  };
  return { ...parts, verdict: judge(parts) };
}

function partOf<T, U>(held: Held<T> | undefined, at: number, show: (value: T) => U): Part<U> {
  const { value, readAt, error } = held ?? {};
  return {
    ...(value !== undefined && { value: show(value), age: Math.max(0, at - (readAt ?? at)) }),
    ...(error !== undefined && { error }),
  };
}

function same<T>(value: T): T {
  return value;
}

function joined(task: EcsTask, { targets, metrics }: HeldParts, at: number): TaskPart {
  const target = task.privateIp === undefined ? undefined : targetOf(task.privateIp, targets?.value ?? []);
  const own = metrics?.value?.tasks[task.id];
  return { ...task, target, cpu: latest(own?.cpu, at), memory: latest(own?.memory, at) };
}

function targetOf(address: string, targets: TargetPart[]): TaskPart['target'] {
  const target = targets.find(({ id }) => id === address);
  return target && { state: target.state, reason: target.reason };
}

function latest(series: Series = [], at: number): number | undefined {
  const last = series.at(-1);
  return last !== undefined && last.at > at - currentMs ? last.value : undefined;
}
