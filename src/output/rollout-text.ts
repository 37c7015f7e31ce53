import type { Progress, RolloutEvent } from '../rollout/events.ts';
import { formatDuration } from '../lib/durations.ts';

/** One event of a rollout as a line, the time since its beginning in front. Pure. */
export function rolloutLine(event: RolloutEvent): string {
  return `${formatDuration(event.ms).padStart(7)}  ${shorten(textOf(event))}`;
}

/** How far a rollout is, in one line: `new 1 of 2 healthy · old 2 serving, 1 leaving`. Pure. */
export function progressLine({ desired, healthy, running, stopped, old, leaving }: Progress): string {
  const notYet = running > healthy ? `, ${running - healthy} not yet` : '';
  const failed = stopped > 0 ? `, ${stopped} stopped` : '';
  const going = leaving > 0 ? `, ${leaving} leaving` : '';
  return `new ${healthy} of ${desired} healthy${notYet}${failed} · old ${old} serving${going}`;
}

function textOf(event: RolloutEvent): string {
  switch (event.type) {
    case 'deploy.note':
      return event.text;
    case 'rollout.started':
      return `${event.revision}: ${event.to} in place of ${event.from}`;
    case 'rollout.task': {
      const why = event.reason === undefined ? '' : `: ${event.reason}`;
      return `${event.side} task ${event.task.slice(0, 8)} ${event.status} in ${event.zone}${why}`;
    }
    case 'rollout.target': {
      const why = event.reason === undefined ? '' : `: ${event.reason}`;
      return `${event.side} task ${event.task.slice(0, 8)} is ${event.state} in the target group${why}`;
    }
    case 'rollout.service-event':
      return `ECS: ${event.message.replace(/^\(service [^)]*\) /, '')}`;
    case 'rollout.status':
      return `deployment ${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'rollout.stage':
      return `blue/green: ${event.stage}`;
    case 'rollout.progress':
      return progressLine(event);
    case 'rollout.serving':
      return 'serving: every new task is healthy in the target group';
    default:
      return 'drained: no old task is left';
  }
}

/** ECS's words with ARNs of target groups as their names, and ids of tasks as people write them. */
function shorten(text: string): string {
  return text
    .replace(/arn:[^\s)]*:targetgroup\/([^/\s)]+)\/[^\s)]*/g, '$1')
    .replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1');
}
