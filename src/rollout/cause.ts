import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Cloud } from '../aws/cloud.ts';
import { unless } from '../aws/unless.ts';
import { reasonOf } from './changes.ts';
import type { Picture, RolloutTask } from './picture.ts';
import type { Running } from './running.ts';

/** Why a rollout does not work: the first new task that failed, and what ECS or the load balancer says of it. */
export interface Cause {
  task: string;
  text: string;
}

/** The first failure of a rollout; undefined when no new task has failed. Pure. */
export function firstCause({ tasks, events }: Picture): Cause | undefined {
  const fresh = tasks.filter(({ side }) => side === 'new');
  const [stopped] = fresh
    .filter(hasFailed)
    .toSorted((a, b) => (a.stoppedAt ?? Infinity) - (b.stoppedAt ?? Infinity));
  const failed = stopped ?? fresh.find(({ target }) => target?.state === 'unhealthy');
  if (failed === undefined) return undefined;
  const check = failed.target?.reason ?? checkIn(events, failed.id);
  const parts = isUnhealthy(failed)
    ? [
        /container/.test(failed.stoppedReason ?? '')
          ? 'failed its container health checks'
          : 'failed its health checks',
        check,
      ]
    : [reasonOf({ ...failed, status: 'STOPPED' })];
  return { task: failed.id, text: parts.filter((part) => part !== undefined).join(': ') };
}

/** The last lines that a task has logged, oldest first; none where they cannot be read (aws logs get-log-events). */
export async function lastLogLines(
  { logs }: Cloud,
  { container }: Running,
  task: string,
  count: number,
): Promise<string[]> {
  const { options = {} } = container.logConfiguration ?? {};
  const answer = await unless(
    logs.send(
      new GetLogEventsCommand({
        logGroupName: options['awslogs-group'],
        logStreamName: `${options['awslogs-stream-prefix']}/${container.name}/${task}`,
        limit: count,
        startFromHead: false,
      }),
    ),
    'ResourceNotFoundException',
    'InvalidParameterException',
  );
  return (answer?.events ?? []).map(({ message = '' }) => message.trimEnd()).filter((line) => line !== '');
}

const unhealthy = /failed (ELB|container) health checks/i;

function isUnhealthy({ stoppedReason, target }: RolloutTask): boolean {
  return (
    unhealthy.test(stoppedReason ?? '') || (stoppedReason === undefined && target?.state === 'unhealthy')
  );
}

/** Tasks that the scheduler stopped for any other reason were in the way, not at fault. */
function hasFailed({ stopCode, stoppedReason }: RolloutTask): boolean {
  return (
    stopCode === 'TaskFailedToStart' ||
    stopCode === 'EssentialContainerExited' ||
    unhealthy.test(stoppedReason ?? '')
  );
}

/** What ECS says of a failed check: `… (task 1a2b) … is unhealthy in (target-group …) due to (reason …).` */
function checkIn(events: Picture['events'], task: string): string | undefined {
  const event = events.find(({ message }) => message.includes(`(task ${task})`) && /unhealthy/.test(message));
  return /due to \(reason (.*)\)\.?$/.exec(event?.message ?? '')?.[1];
}
