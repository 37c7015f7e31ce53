import {
  DeleteScheduledActionCommand,
  paginateDescribeScheduledActions,
  PutScheduledActionCommand,
  type ScheduledAction as Found,
} from '@aws-sdk/client-application-auto-scaling';
import type { Cloud } from '../../aws/cloud.ts';
import { desiredCountOf } from '../../aws/desired-count.ts';
import { unless } from '../../aws/unless.ts';
import { collect } from '../shared/pages.ts';

/** Other limits from a time on. */
export interface ScheduledAction {
  /** `cron(0 8 ? * MON-FRI *)`, `at(2027-01-31T08:00:00)` or `rate(1 day)`. */
  schedule: string;
  timezone: string;
  min: number | undefined;
  max: number | undefined;
}

/** Whether its one time is over: AWS need not keep it any longer, and making it again would do nothing. */
export function isOver({ schedule, timezone }: ScheduledAction, now = new Date()): boolean {
  const at = /^at\((.+)\)$/.exec(schedule)?.[1];
  // Swedish writes dates as ISO 8601 does.
  return at !== undefined && at <= now.toLocaleString('sv', { timeZone: timezone }).replace(' ', 'T');
}

/** The scheduled actions of a scalable target by name (`aws application-autoscaling describe-scheduled-actions`). */
export async function scheduledActionsOf(
  cloud: Cloud,
  resourceId: string,
): Promise<Record<string, ScheduledAction>> {
  const pages = paginateDescribeScheduledActions(
    { client: cloud.applicationAutoScaling },
    desiredCountOf(resourceId),
  );
  const actions = await collect(pages, (page) => page.ScheduledActions);
  return Object.fromEntries(actions.map((action) => [action.ScheduledActionName!, actionOf(action)]));
}

/** Makes a scheduled action, or brings the one of that name to what is wanted (`aws application-autoscaling put-scheduled-action`). */
export async function putScheduledAction(
  cloud: Cloud,
  resourceId: string,
  ScheduledActionName: string,
  { schedule, timezone, min, max }: ScheduledAction,
): Promise<void> {
  await cloud.applicationAutoScaling.send(
    new PutScheduledActionCommand({
      ...desiredCountOf(resourceId),
      ScheduledActionName,
      Schedule: schedule,
      Timezone: timezone,
      ScalableTargetAction: { MinCapacity: min, MaxCapacity: max },
    }),
  );
}

/** Deletes a scheduled action (`aws application-autoscaling delete-scheduled-action`). */
export async function deleteScheduledAction(
  cloud: Cloud,
  resourceId: string,
  ScheduledActionName: string,
): Promise<void> {
  await unless(
    cloud.applicationAutoScaling.send(
      new DeleteScheduledActionCommand({ ...desiredCountOf(resourceId), ScheduledActionName }),
    ),
    'ObjectNotFoundException',
  );
}

function actionOf({ Schedule, Timezone, ScalableTargetAction: limits }: Found): ScheduledAction {
  return {
    schedule: Schedule!,
    timezone: Timezone ?? 'UTC',
    min: limits?.MinCapacity,
    max: limits?.MaxCapacity,
  };
}
