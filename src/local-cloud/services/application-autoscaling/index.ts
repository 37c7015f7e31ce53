import type { Operations } from '../../operation.ts';
import * as scalableTarget from './scalable-target.ts';
import { DescribeScalingActivities } from './scaling-activity.ts';
import * as scalingPolicy from './scaling-policy.ts';
import * as scheduledAction from './scheduled-action.ts';
import * as tags from './tags.ts';

export const operations: Operations = {
  ...scalableTarget,
  ...scalingPolicy,
  ...scheduledAction,
  ...tags,
  DescribeScalingActivities,
};
