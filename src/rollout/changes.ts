import type { Progress, RolloutEvent } from './events.ts';
import type { Picture, RolloutTask } from './picture.ts';

/** How far a rollout is. Pure. */
export function progressOf({ desired, tasks }: Picture): Progress {
  const of = (side: RolloutTask['side']) => tasks.filter((task) => task.side === side);
  const gone = ({ status }: RolloutTask) => status === 'STOPPED';
  const fresh = of('new');
  const old = of('old').filter((task) => !gone(task));
  return {
    desired,
    running: fresh.filter(({ status }) => status === 'RUNNING').length,
    healthy: fresh.filter(({ target, leaving }) => target?.state === 'healthy' && !leaving).length,
    stopped: fresh.filter(gone).length,
    old: old.filter(({ leaving }) => !leaving).length,
    leaving: old.filter(({ leaving }) => leaving).length,
  };
}

/** What one look at a rollout shows that the one before did not. Pure. */
export function changesBetween(before: Picture | undefined, after: Picture, ms: number): RolloutEvent[] {
  const events: RolloutEvent[] = [];
  const known = new Set(before?.events.map(({ id }) => id));
  for (const { id, message } of after.events)
    if (!known.has(id)) events.push({ type: 'rollout.service-event', ms, message });
  for (const task of after.tasks) {
    const was = before?.tasks.find(({ id }) => id === task.id);
    // What ran before the rollout is no news.
    if (was === undefined && task.side === 'old' && !task.leaving) continue;
    const { id, side, status, zone, target } = task;
    if (was?.status !== status)
      events.push({ type: 'rollout.task', ms, task: id, side, status, zone, reason: reasonOf(task) });
    if (target !== undefined && !sameTarget(was?.target, target))
      events.push({ type: 'rollout.target', ms, task: id, side, ...target });
  }
  if (before?.status !== after.status)
    events.push({ type: 'rollout.status', ms, status: after.status, reason: after.reason });
  if (after.stage !== undefined && before?.stage !== after.stage)
    events.push({ type: 'rollout.stage', ms, stage: after.stage });
  const progress = progressOf(after);
  if (before === undefined || JSON.stringify(progressOf(before)) !== JSON.stringify(progress))
    events.push({ type: 'rollout.progress', ms, ...progress });
  return events;
}

/** Why a task stopped, in ECS's words; undefined while it runs. */
export function reasonOf({
  status,
  stoppedReason,
  containerReason,
  exitCode,
}: RolloutTask): string | undefined {
  if (status !== 'STOPPED') return undefined;
  const exit = exitCode === undefined ? undefined : `exit code ${exitCode}`;
  const parts = [stoppedReason, containerReason === stoppedReason ? undefined : containerReason, exit];
  return parts.filter((part) => part !== undefined).join(', ') || undefined;
}

function sameTarget(one: RolloutTask['target'], other: RolloutTask['target']): boolean {
  return one?.state === other?.state && one?.reason === other?.reason;
}
