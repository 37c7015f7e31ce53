import type {
  DeleteScheduledActionRequest,
  DeleteScheduledActionResponse,
  DescribeScheduledActionsRequest,
  DescribeScheduledActionsResponse,
  PutScheduledActionRequest,
  PutScheduledActionResponse,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call } from '../../operation.ts';
import { pageOf } from './page-of.ts';
import { parseSchedule } from './schedule.ts';
import {
  changeableTargetOf,
  checkLimits,
  dimensionOf,
  inWords,
  objectNotFound,
  partArn,
  targetsOf,
  validation,
} from './state.ts';

/** Makes a scheduled action or changes one: schedule, limits and time zone that are not named stay; start and end go. */
export function PutScheduledAction(input: PutScheduledActionRequest, call: Call): PutScheduledActionResponse {
  const target = changeableTargetOf(call, input);
  const name = input.ScheduledActionName!;
  const before = target.actions.get(name);
  const schedule = input.Schedule ?? before?.Schedule;
  if (schedule === undefined) throw validation('Schedule is required to create a scheduled action');
  const limits = { ...before?.ScalableTargetAction, ...defined(input.ScalableTargetAction ?? {}) };
  const { MinCapacity, MaxCapacity } = limits;
  if (MinCapacity === undefined && MaxCapacity === undefined) {
    throw validation('Either MinCapacity or MaxCapacity must be specified in the scalable target action');
  }
  checkLimits(MinCapacity ?? 0, MaxCapacity ?? Infinity);
  const timezone = input.Timezone ?? before?.Timezone;
  parseSchedule(schedule, timezone ?? 'UTC');
  target.actions.set(name, {
    ScheduledActionARN: before?.ScheduledActionARN ?? partArn(call, 'scheduledAction', target, name),
    ScheduledActionName: name,
    Schedule: schedule,
    Timezone: timezone,
    StartTime: input.StartTime,
    EndTime: input.EndTime,
    ScalableTargetAction: limits,
    CreationTime: before?.CreationTime ?? call.now,
  });
  return {};
}

export function DescribeScheduledActions(
  input: DescribeScheduledActionsRequest,
  call: Call,
): DescribeScheduledActionsResponse {
  const all = targetsOf(call, input)
    .flatMap(({ resourceId, actions }) =>
      [...actions.values()].map((action) => ({ ...action, ...dimensionOf(resourceId) })),
    )
    .filter(({ ScheduledActionName }) => input.ScheduledActionNames?.includes(ScheduledActionName!) ?? true);
  const { items, next } = pageOf(all, input, ({ ScheduledActionARN }) => ScheduledActionARN!);
  return { ScheduledActions: items, NextToken: next };
}

export function DeleteScheduledAction(
  input: DeleteScheduledActionRequest,
  call: Call,
): DeleteScheduledActionResponse {
  const { actions } = changeableTargetOf(call, input);
  if (!actions.delete(input.ScheduledActionName!)) {
    throw objectNotFound(
      `No scheduled action found for ${inWords(input)}, scheduled action name: ${input.ScheduledActionName}`,
    );
  }
  return {};
}

function defined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>;
}
