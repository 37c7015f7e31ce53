import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/autoscaling/application/APIReference';

export const applicationAutoScaling: Limits = {
  'RegisterScalableTargetRequest.Tags': {
    page: `${reference}/API_RegisterScalableTarget.html`,
    maxItems: 200,
    ownWords: true,
  },
  PolicyName: {
    page: `${reference}/API_PutScalingPolicy.html`,
    minLength: 1,
    maxLength: 256,
    ownWords: true,
  },
  ScheduledActionName: {
    page: `${reference}/API_PutScheduledAction.html`,
    minLength: 1,
    maxLength: 256,
    ownWords: true,
  },
  Schedule: {
    page: `${reference}/API_PutScheduledAction.html`,
    minLength: 1,
    maxLength: 1600,
    ownWords: true,
  },
  Timezone: {
    page: `${reference}/API_PutScheduledAction.html`,
    minLength: 1,
    maxLength: 1600,
    ownWords: true,
  },
};
