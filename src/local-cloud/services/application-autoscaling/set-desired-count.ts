import type { ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import { ask } from '../ecs/scheduler/ask.ts';
import { ownCall } from '../ecs/scheduler/runtime.ts';
import { writeEvent } from '../ecs/scheduler/service-event.ts';
import type { Place, StoredService } from '../ecs/state.ts';
import { namesOf, serviceOf } from './ecs-service.ts';
import { beginActivity } from './scaling-activity.ts';
import { scaling, type TargetState } from './state.ts';

/** Has ECS run another number of tasks, as an activity with its cause. */
export async function setDesiredCount(
  place: Place,
  target: TargetState,
  desiredCount: number,
  Cause: string,
): Promise<void> {
  const done = `Successfully set desired count to ${desiredCount}.`;
  for (const before of underWay(place, target)) before.StatusCode = 'Overridden';
  const activity = beginActivity(place, target.resourceId, {
    Description: `Setting desired count to ${desiredCount}.`,
    Cause,
    StatusMessage: `${done} Waiting for change to be fulfilled by ecs.`,
  });
  target.busy = true;
  try {
    const { operations } = await import('../ecs/index.ts');
    await ask(operations, 'UpdateService', { ...namesOf(target.resourceId), desiredCount }, ownCall(place));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    end(place, activity, 'Failed', `Failed to set desired count to ${desiredCount}. Reason: ${reason}`);
  } finally {
    target.busy = false;
  }
}

/** Ends the activity under way once ECS runs what was asked for, and writes it into the service's events. */
export function settleActivities(place: Place, target: TargetState): void {
  const service = serviceOf(place, target.resourceId);
  for (const activity of underWay(place, target)) {
    if (service === undefined || !activity.Description!.endsWith(` ${service.desiredCount}.`)) {
      end(place, activity, 'Overridden', 'Found it was later changed.');
    } else if (isFulfilled(service)) {
      const message = `Successfully set desired count to ${service.desiredCount}. Change successfully fulfilled by ecs.`;
      end(place, activity, 'Successful', message);
      writeEvent(place, service, `Message: ${message} Cause: ${activity.Cause}`);
    }
  }
}

function underWay(place: Place, { resourceId }: TargetState): ScalingActivity[] {
  return scaling(place).activities.filter(
    ({ ResourceId, StatusCode }) => ResourceId === resourceId && StatusCode === 'InProgress',
  );
}

function isFulfilled({ steady }: StoredService): boolean {
  return steady;
}

function end(
  place: Place,
  activity: ScalingActivity,
  StatusCode: 'Successful' | 'Failed' | 'Overridden',
  StatusMessage: string,
): void {
  Object.assign(activity, { StatusCode, StatusMessage, EndTime: new Date(place.cloud.clock.now()) });
}
