import {
  DeleteScalingPolicyCommand,
  paginateDescribeScalingPolicies,
  PutScalingPolicyCommand,
  type MetricType,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import type { Cloud } from '../../aws/cloud.ts';
import { desiredCountOf } from '../../aws/desired-count.ts';
import { unless } from '../../aws/unless.ts';
import { collect } from '../shared/pages.ts';

/** A target tracking policy. */
export interface TargetTracking {
  /** `ECSServiceAverageCPUUtilization` or `ECSServiceAverageMemoryUtilization`; of somebody's own making it can be any other. */
  metric: MetricType | 'other';
  /** Percent. */
  target: number;
  /** Seconds. */
  scaleOutCooldown: number;
  scaleInCooldown: number;
  disableScaleIn: boolean;
}

/** What AWS takes where a policy names no cooldown, in seconds. */
const usualCooldown = 300;

/** The policies of a scalable target by name (`aws application-autoscaling describe-scaling-policies`). The alarms that AWS makes for them are AWS's own, and go with them. */
export async function policiesOf(cloud: Cloud, resourceId: string): Promise<Record<string, TargetTracking>> {
  const pages = paginateDescribeScalingPolicies(
    { client: cloud.applicationAutoScaling },
    desiredCountOf(resourceId),
  );
  const policies = await collect(pages, (page) => page.ScalingPolicies);
  return Object.fromEntries(policies.map((policy) => [policy.PolicyName!, trackingOf(policy)]));
}

/** Makes a policy, or brings the one of that name to what is wanted (`aws application-autoscaling put-scaling-policy`). */
export async function putPolicy(
  cloud: Cloud,
  resourceId: string,
  PolicyName: string,
  wanted: TargetTracking,
): Promise<void> {
  await cloud.applicationAutoScaling.send(
    new PutScalingPolicyCommand({
      ...desiredCountOf(resourceId),
      PolicyName,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: wanted.target,
        PredefinedMetricSpecification: { PredefinedMetricType: wanted.metric as MetricType },
        ScaleOutCooldown: wanted.scaleOutCooldown,
        ScaleInCooldown: wanted.scaleInCooldown,
        DisableScaleIn: wanted.disableScaleIn,
      },
    }),
  );
}

/** Deletes a policy and its alarms (`aws application-autoscaling delete-scaling-policy`). */
export async function deletePolicy(cloud: Cloud, resourceId: string, PolicyName: string): Promise<void> {
  await unless(
    cloud.applicationAutoScaling.send(
      new DeleteScalingPolicyCommand({ ...desiredCountOf(resourceId), PolicyName }),
    ),
    'ObjectNotFoundException',
  );
}

function trackingOf({ TargetTrackingScalingPolicyConfiguration: tracking }: ScalingPolicy): TargetTracking {
  return {
    metric: tracking?.PredefinedMetricSpecification?.PredefinedMetricType ?? 'other',
    target: tracking?.TargetValue ?? 0,
    scaleOutCooldown: tracking?.ScaleOutCooldown ?? usualCooldown,
    scaleInCooldown: tracking?.ScaleInCooldown ?? usualCooldown,
    disableScaleIn: tracking?.DisableScaleIn ?? false,
  };
}
