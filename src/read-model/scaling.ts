import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { desiredCount, desiredCountOf } from '../aws/desired-count.ts';
import type { PartReader } from './part-reader.ts';
import type { ScalingPart } from './snapshot.ts';

const metricNames: Record<string, string> = {
  ECSServiceAverageCPUUtilization: 'cpu',
  ECSServiceAverageMemoryUtilization: 'memory',
};

/** aws application-autoscaling describe-scalable-targets, and where the service is one: describe-scaling-policies, describe-scaling-activities */
export const scalingReader: PartReader<ScalingPart> = {
  needs: [],
  // What scales moves by the minute.
  pause: ({ limits }) => (limits === undefined ? 60_000 : 10_000),
  async read({ cloud: { applicationAutoScaling }, names, signal: abortSignal }) {
    const resourceId = `service/${names.cluster}/${names.service}`;
    const { ScalableTargets = [] } = await applicationAutoScaling.send(
      new DescribeScalableTargetsCommand({ ...desiredCount, ResourceIds: [resourceId] }),
      { abortSignal },
    );
    const [target] = ScalableTargets;
    if (target === undefined) return { limits: undefined, targets: [], lastActivity: undefined };
    const [{ ScalingPolicies = [] }, { ScalingActivities = [] }] = await Promise.all([
      applicationAutoScaling.send(new DescribeScalingPoliciesCommand(desiredCountOf(resourceId)), {
        abortSignal,
      }),
      applicationAutoScaling.send(
        new DescribeScalingActivitiesCommand({ ...desiredCountOf(resourceId), MaxResults: 1 }),
        { abortSignal },
      ),
    ]);
    const [activity] = ScalingActivities;
    return {
      limits: { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 },
      targets: ScalingPolicies.map(trackedBy).toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
      lastActivity: activity && {
        at: activity.StartTime?.getTime() ?? 0,
        status: activity.StatusCode ?? '',
        description: activity.Description ?? '',
        cause: activity.Cause ?? '',
      },
    };
  },
};

function trackedBy({ PolicyName, TargetTrackingScalingPolicyConfiguration: tracking }: ScalingPolicy) {
  const metric = tracking?.PredefinedMetricSpecification?.PredefinedMetricType ?? '';
  return { metric: metricNames[metric] ?? PolicyName ?? '', target: tracking?.TargetValue };
}
