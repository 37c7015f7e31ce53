import { randomUUID } from 'node:crypto';
import type {
  DescribeScalingActivitiesRequest,
  DescribeScalingActivitiesResponse,
  ScalingActivity,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call } from '../../operation.ts';
import type { Place } from '../ecs/state.ts';
import { pageOf } from './page-of.ts';
import { checkDimension, dimensionOf, scaling } from './state.ts';

/** How many activities are kept; AWS keeps those of six weeks. */
const kept = 500;

/** The activities of the last weeks, youngest first. */
export function DescribeScalingActivities(
  input: DescribeScalingActivitiesRequest,
  call: Call,
): DescribeScalingActivitiesResponse {
  checkDimension(input);
  const all = scaling(call).activities.filter(
    ({ ResourceId }) => input.ResourceId === undefined || input.ResourceId === ResourceId,
  );
  const places = new Map(all.map((activity, index) => [activity, String(index).padStart(6, '0')]));
  const { items, next } = pageOf(all, input, (activity) => places.get(activity)!);
  return { ScalingActivities: items, NextToken: next };
}

/** Notes an activity that begins now, and returns it for its end to be written into it. */
export function beginActivity(
  place: Place,
  resourceId: string,
  what: Pick<ScalingActivity, 'Description' | 'Cause' | 'StatusMessage'>,
): ScalingActivity {
  const activity: ScalingActivity = {
    ActivityId: randomUUID(),
    ...dimensionOf(resourceId),
    ...(what as Required<typeof what>),
    StartTime: new Date(place.cloud.clock.now()),
    StatusCode: 'InProgress',
  };
  const { activities } = scaling(place);
  activities.unshift(activity);
  activities.length = Math.min(activities.length, kept);
  return activity;
}
