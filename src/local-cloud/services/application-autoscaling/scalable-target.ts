import { randomBytes } from 'node:crypto';
import type {
  DeregisterScalableTargetRequest,
  DeregisterScalableTargetResponse,
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
  ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call } from '../../operation.ts';
import { serviceOf } from './ecs-service.ts';
import { pageOf } from './page-of.ts';
import {
  changeableTargetOf,
  checkDimension,
  checkIdle,
  checkLimits,
  dimensionOf,
  scaling,
  validation,
  type TargetState,
} from './state.ts';
import { tagSet } from './tag-set.ts';

/** Registers a service, or changes what is registered: what a call does not name stays. Tags are for a new one only. */
export function RegisterScalableTarget(
  input: RegisterScalableTargetRequest,
  call: Call,
): RegisterScalableTargetResponse {
  checkDimension(input);
  const resourceId = input.ResourceId!;
  const { targets } = scaling(call);
  const before = targets.get(resourceId);
  if (before !== undefined) checkIdle(before);
  const { MinCapacity: min = before?.min, MaxCapacity: max = before?.max } = input;
  if (min === undefined || max === undefined) {
    throw validation('Missing required parameter: MinCapacity and MaxCapacity are required for a new target');
  }
  checkLimits(min, max);
  if (before !== undefined && input.Tags !== undefined) {
    throw validation('Tags can only be specified when a scalable target is created; use TagResource');
  }
  if (serviceOf(call, resourceId) === undefined) {
    throw validation(`ECS service doesn't exist: ${resourceId}`);
  }
  const target = before ?? newTarget(resourceId, input, call);
  target.limitsAreNew ||= before === undefined || before.min !== min || before.max !== max;
  Object.assign(target, { min, max, suspended: { ...target.suspended, ...input.SuspendedState } });
  targets.set(resourceId, target);
  return { ScalableTargetARN: target.arn };
}

export function DescribeScalableTargets(
  input: DescribeScalableTargetsRequest,
  call: Call,
): DescribeScalableTargetsResponse {
  checkDimension({ ...input, ResourceId: undefined });
  const { ResourceIds } = input;
  const all = [...scaling(call).targets.values()].filter(
    ({ resourceId }) => ResourceIds === undefined || ResourceIds.includes(resourceId),
  );
  const { items, next } = pageOf(all, input, ({ resourceId }) => resourceId);
  return { ScalableTargets: items.map((target) => described(target, call)), NextToken: next };
}

/** Its policies, their alarms and its scheduled actions go with it. */
export function DeregisterScalableTarget(
  input: DeregisterScalableTargetRequest,
  call: Call,
): DeregisterScalableTargetResponse {
  const { resourceId } = changeableTargetOf(call, input);
  scaling(call).targets.delete(resourceId);
  return {};
}

function newTarget(resourceId: string, { Tags }: RegisterScalableTargetRequest, call: Call): TargetState {
  const id = `0ec5${randomBytes(15).toString('hex')}`;
  return {
    arn: `arn:aws:application-autoscaling:${call.region}:${call.account}:scalable-target/${id}`,
    resourceId,
    min: 0,
    max: 0,
    suspended: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    },
    createdAt: call.now,
    tags: tagSet(new Map(), Tags ?? {}),
    policies: new Map(),
    actions: new Map(),
    limitsAreNew: true,
    lastOut: undefined,
    lastIn: undefined,
    busy: false,
  };
}

function described(target: TargetState, { account }: Call): ScalableTarget {
  return {
    ...dimensionOf(target.resourceId),
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: target.createdAt,
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  };
}
