import { randomUUID } from 'node:crypto';
import type {
  Alarm,
  DeleteScalingPolicyRequest,
  DeleteScalingPolicyResponse,
  DescribeScalingPoliciesRequest,
  DescribeScalingPoliciesResponse,
  PutScalingPolicyRequest,
  PutScalingPolicyResponse,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call } from '../../operation.ts';
import { pageOf } from './page-of.ts';
import {
  changeableTargetOf,
  dimensionOf,
  inWords,
  objectNotFound,
  partArn,
  targetsOf,
  validation,
  type PolicyState,
  type TargetState,
} from './state.ts';

/** Target tracking of the two metrics that ECS has; of it the alarms are named, and watched by the scaler itself. */
export function PutScalingPolicy(input: PutScalingPolicyRequest, call: Call): PutScalingPolicyResponse {
  const target = changeableTargetOf(call, input);
  const name = input.PolicyName!;
  const before = target.policies.get(name);
  const tracking = input.TargetTrackingScalingPolicyConfiguration ?? before?.tracking;
  if ((input.PolicyType ?? before?.PolicyType) !== 'TargetTrackingScaling' || tracking === undefined) {
    throw validation('The local cloud knows policies of the type TargetTrackingScaling only');
  }
  checkTracking(target, name, tracking);
  const policy: PolicyState = {
    PolicyARN: before?.PolicyARN ?? partArn(call, 'scalingPolicy', target, name),
    PolicyName: name,
    PolicyType: 'TargetTrackingScaling',
    Alarms: before?.Alarms ?? alarmsOf(target, call),
    CreationTime: before?.CreationTime ?? call.now,
    tracking,
  };
  target.policies.set(name, policy);
  return { PolicyARN: policy.PolicyARN, Alarms: policy.Alarms };
}

export function DescribeScalingPolicies(
  input: DescribeScalingPoliciesRequest,
  call: Call,
): DescribeScalingPoliciesResponse {
  const all = targetsOf(call, input)
    .flatMap(({ resourceId, policies }) =>
      [...policies.values()].map(({ tracking, ...policy }) => ({
        ...policy,
        ...dimensionOf(resourceId),
        TargetTrackingScalingPolicyConfiguration: tracking,
      })),
    )
    .filter(({ PolicyName }) => input.PolicyNames?.includes(PolicyName) ?? true);
  const { items, next } = pageOf(all, input, ({ PolicyARN }) => PolicyARN);
  return { ScalingPolicies: items, NextToken: next };
}

export function DeleteScalingPolicy(
  input: DeleteScalingPolicyRequest,
  call: Call,
): DeleteScalingPolicyResponse {
  const { policies } = changeableTargetOf(call, input);
  if (!policies.delete(input.PolicyName!)) {
    throw objectNotFound(`No scaling policy found for ${inWords(input)}, policy name: ${input.PolicyName}`);
  }
  return {};
}

const metrics = ['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'];

function checkTracking(
  { policies }: TargetState,
  name: string,
  tracking: TargetTrackingScalingPolicyConfiguration,
): void {
  const metric = tracking.PredefinedMetricSpecification?.PredefinedMetricType ?? '';
  if (!metrics.includes(metric)) {
    throw validation(`The local cloud tracks ${metrics.join(' and ')} only`);
  }
  if (!(tracking.TargetValue! > 0)) throw validation('Target value must be greater than 0');
  for (const cooldown of [tracking.ScaleInCooldown ?? 0, tracking.ScaleOutCooldown ?? 0]) {
    if (cooldown < 0) throw validation('Cooldown must be greater than or equal to 0');
  }
  const other = [...policies.values()].find(
    ({ PolicyName, tracking: { PredefinedMetricSpecification } }) =>
      PolicyName !== name && PredefinedMetricSpecification?.PredefinedMetricType === metric,
  );
  if (other !== undefined) {
    throw validation('Only one TargetTrackingScaling policy for a given metric specification is allowed.');
  }
}

function alarmsOf({ resourceId }: TargetState, { region, account }: Call): Alarm[] {
  return ['AlarmHigh', 'AlarmLow'].map((which) => {
    const AlarmName = `TargetTracking-${resourceId}-${which}-${randomUUID()}`;
    return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` };
  });
}
