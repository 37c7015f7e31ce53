import { randomUUID } from 'node:crypto';
import type {
  Alarm,
  ScalingActivity,
  ScheduledAction,
  SuspendedState,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { store } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';
import type { Place } from '../ecs/state.ts';

/** The number of tasks of one ECS service as something that scales. */
export interface TargetState {
  arn: string;
  /** `service/<cluster>/<service>` */
  resourceId: string;
  min: number;
  max: number;
  suspended: SuspendedState;
  createdAt: Date;
  tags: Map<string, string>;
  /** By name. */
  policies: Map<string, PolicyState>;
  actions: Map<string, ActionState>;
  /** Its limits are new: what the service has is to be brought between them once. */
  limitsAreNew: boolean;
  /** The last activity of target tracking in each direction: from when (milliseconds since 1970), and from how many tasks. */
  lastOut: { at: number; from: number } | undefined;
  lastIn: { at: number } | undefined;
  /** A change of the service is under way: nothing else may change meanwhile. */
  busy: boolean;
}

export interface PolicyState {
  PolicyARN: string;
  PolicyName: string;
  PolicyType: 'TargetTrackingScaling';
  Alarms: Alarm[];
  CreationTime: Date;
  tracking: TargetTrackingScalingPolicyConfiguration;
}

export type ActionState = Pick<
  ScheduledAction,
  | 'ScheduledActionARN'
  | 'ScheduledActionName'
  | 'Schedule'
  | 'Timezone'
  | 'StartTime'
  | 'EndTime'
  | 'ScalableTargetAction'
  | 'CreationTime'
>;

/** All of Application Auto Scaling in one region. */
export interface ScalingState {
  /** By resource id. */
  targets: Map<string, TargetState>;
  /** Youngest first; what a target did is told after its end, too. */
  activities: ScalingActivity[];
}

/** Application Auto Scaling's state in the region of a call. */
export const scaling: (place: Place) => ScalingState = store<ScalingState>('application-autoscaling', () => ({
  targets: new Map(),
  activities: [],
}));

/** What names a scalable target in every call. */
export interface DimensionInput {
  ServiceNamespace: string | undefined;
  ResourceId?: string | undefined;
  ScalableDimension?: string | undefined;
}

/** What every answer about a target of ECS begins with. */
export function dimensionOf(resourceId: string) {
  return {
    ServiceNamespace: 'ecs',
    ResourceId: resourceId,
    ScalableDimension: 'ecs:service:DesiredCount',
  } as const;
}

/** Throws ValidationException for anything but the number of tasks of an ECS service. */
export function checkDimension({ ServiceNamespace, ResourceId, ScalableDimension }: DimensionInput): void {
  const isOurs =
    ServiceNamespace === 'ecs' &&
    (ScalableDimension === undefined || ScalableDimension === 'ecs:service:DesiredCount') &&
    (ResourceId === undefined || /^service\/[\w-]+\/[\w-]+$/.test(ResourceId));
  if (!isOurs) throw validation('Unsupported service namespace, resource type or scalable dimension');
}

/** The target that a call is about. Throws ObjectNotFoundException. */
export function targetOf(place: Place, input: DimensionInput): TargetState {
  checkDimension(input);
  const target = scaling(place).targets.get(input.ResourceId ?? '');
  if (target === undefined) {
    throw objectNotFound(`No scalable target registered for ${inWords(input)}`);
  }
  return target;
}

/** The targets that a listing is about: the one that it names, or all. */
export function targetsOf(place: Place, input: DimensionInput): TargetState[] {
  checkDimension(input);
  const all = [...scaling(place).targets.values()];
  return all.filter(({ resourceId }) => input.ResourceId === undefined || input.ResourceId === resourceId);
}

/** As {@link targetOf}, for a call that changes it. Throws ConcurrentUpdateException while the service is being changed. */
export function changeableTargetOf(place: Place, input: DimensionInput): TargetState {
  const target = targetOf(place, input);
  checkIdle(target);
  return target;
}

export function checkIdle({ busy, resourceId }: TargetState): void {
  if (!busy) return;
  throw new AwsError(
    'ConcurrentUpdateException',
    `You already have a pending update to an Auto Scaling resource: ${resourceId}`,
  );
}

/** Throws ValidationException for limits that no service can have. */
export function checkLimits(min: number, max: number): void {
  if (min < 0 || max < 0) throw validation('Minimum and maximum capacity must be greater than or equal to 0');
  if (max < min) throw validation('Maximum capacity cannot be less than minimum capacity');
}

export function inWords({ ServiceNamespace, ResourceId, ScalableDimension }: DimensionInput): string {
  return `service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`;
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function objectNotFound(message: string): AwsError {
  return new AwsError('ObjectNotFoundException', message);
}

/** Policies and scheduled actions have ARNs of Auto Scaling's. */
export function partArn(
  { region, account }: Place,
  kind: 'scalingPolicy' | 'scheduledAction',
  { resourceId }: TargetState,
  name: string,
): string {
  return `arn:aws:autoscaling:${region}:${account}:${kind}:${randomUUID()}:resource/ecs/${resourceId}:${kind === 'scalingPolicy' ? 'policyName' : 'scheduledActionName'}/${name}`;
}
