import type { LocalCloud } from '../../cloud.ts';
import { cloudWatch, combined, findMetric } from '../cloudwatch/state.ts';
import type { Place, StoredService } from '../ecs/state.ts';
import { namesOf, serviceOf } from './ecs-service.ts';
import { beginActivity } from './scaling-activity.ts';
import { parseSchedule } from './schedule.ts';
import { setDesiredCount, settleActivities } from './set-desired-count.ts';
import { scaling, type PolicyState, type TargetState } from './state.ts';
import { decide, type Tracked } from './target-tracking.ts';

const minuteMs = 60_000;

/** How often scheduled actions and new limits are looked at, in milliseconds. */
const everyMs = 5_000;

/** What CloudWatch takes into account where minutes have no datapoint, in minutes. */
const lookBack = 30;

/** What a policy takes where it names no cooldown, in seconds. */
const usualCooldown = 300;

/**
 * Scales the services that are registered: by the clock as scheduled actions say, and each minute by what the tasks
 * use. A minute, and cooldowns, go by faster under a latency profile such as `aws/50`. The returned function ends it.
 */
export function startScaling(cloud: LocalCloud): () => void {
  const minute = minuteMs / cloud.clock.pace;
  const interval = Math.min(everyMs, minute);
  let last = cloud.clock.now();
  let ended = false;
  let callOff = (): void => undefined;
  const look = async (): Promise<void> => {
    const now = cloud.clock.now();
    for (const place of placesOf(cloud)) {
      for (const target of scaling(place).targets.values()) await lookAt(place, target, last, now);
    }
    last = now;
    if (!ended) next();
  };
  const next = (): void => {
    callOff = cloud.clock.after(interval - (cloud.clock.now() % interval), () => void look());
  };
  next();
  return () => {
    ended = true;
    callOff();
  };
}

function placesOf(cloud: LocalCloud): Place[] {
  const prefix = 'application-autoscaling@';
  return [...cloud.states.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ cloud, region: key.slice(prefix.length), account: cloud.account }));
}

async function lookAt(place: Place, target: TargetState, last: number, now: number): Promise<void> {
  settleActivities(place, target);
  const service = serviceOf(place, target.resourceId);
  if (service === undefined) return;
  runScheduled(place, target, last, now);
  if (target.limitsAreNew) {
    target.limitsAreNew = false;
    const { min, max } = target;
    const [limit, word] = service.desiredCount < min ? [min, 'minimum'] : [max, 'maximum'];
    if (service.desiredCount < min || service.desiredCount > max) {
      await setDesiredCount(place, target, limit, `${word} capacity was set to ${limit}`);
    }
  }
  const minute = minuteMs / place.cloud.clock.pace;
  if (Math.floor(now / minute) > Math.floor(last / minute)) await track(place, target, service, now);
}

function runScheduled(place: Place, target: TargetState, last: number, now: number): void {
  if (target.suspended.ScheduledScalingSuspended === true) return;
  for (const action of target.actions.values()) {
    const { StartTime, EndTime, ScalableTargetAction: limits = {} } = action;
    const created = action.CreationTime!.getTime();
    const from = Math.max(last, created, (StartTime?.getTime() ?? 0) - 1);
    const to = Math.min(now, EndTime?.getTime() ?? now);
    if (to <= from || !parseSchedule(action.Schedule!, action.Timezone ?? 'UTC')(from, to, created)) continue;
    const { MinCapacity: min = target.min, MaxCapacity: max = target.max } = limits;
    const said = [
      ...(limits.MinCapacity === undefined ? [] : [`min capacity to ${min}`]),
      ...(limits.MaxCapacity === undefined ? [] : [`max capacity to ${max}`]),
    ].join(' and ');
    const activity = beginActivity(place, target.resourceId, {
      Description: `Setting ${said}`,
      Cause: `scheduled action name ${action.ScheduledActionName} was triggered`,
      StatusMessage: `Successfully set ${said}`,
    });
    const fits = min <= max;
    if (fits) Object.assign(target, { min, max, limitsAreNew: true });
    else
      activity.StatusMessage = `Failed to set ${said}. Reason: Maximum capacity cannot be less than minimum capacity`;
    Object.assign(activity, { StatusCode: fits ? 'Successful' : 'Failed', EndTime: new Date(now) });
  }
}

async function track(place: Place, target: TargetState, service: StoredService, now: number): Promise<void> {
  const { desiredCount } = service;
  const policies = [...target.policies.values()].map((policy) => tracked(place, target, policy, now));
  const decision = decide(policies, desiredCount, target);
  if (decision === undefined) return;
  const { policy, alarm, capacity } = decision;
  const { DynamicScalingInSuspended, DynamicScalingOutSuspended } = target.suspended;
  if (alarm === 'high') {
    if (DynamicScalingOutSuspended === true) return;
    target.lastOut = { at: now, from: desiredCount };
  } else {
    // While ECS deploys, Application Auto Scaling takes nothing away.
    const deploying = service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
    const cooling = isCooling(place, target.lastIn?.at, policy.state.tracking.ScaleInCooldown, now);
    if (DynamicScalingInSuspended === true || deploying || cooling) return;
    target.lastIn = { at: now };
  }
  const { PolicyName, Alarms } = policy.state;
  const alarmName = Alarms.find(({ AlarmName }) =>
    AlarmName!.includes(alarm === 'high' ? 'AlarmHigh' : 'AlarmLow'),
  )!.AlarmName!;
  const cause = `monitor alarm ${alarmName} in state ALARM triggered policy ${PolicyName}`;
  await setDesiredCount(place, target, capacity, cause);
}

function tracked(
  place: Place,
  { resourceId, lastOut }: TargetState,
  state: PolicyState,
  now: number,
): Tracked & { state: PolicyState } {
  const { PredefinedMetricSpecification, TargetValue, DisableScaleIn, ScaleOutCooldown } = state.tracking;
  const name =
    PredefinedMetricSpecification!.PredefinedMetricType === 'ECSServiceAverageCPUUtilization'
      ? 'CPUUtilization'
      : 'MemoryUtilization';
  return {
    state,
    target: TargetValue!,
    datapoints: datapointsOf(place, resourceId, name, state.CreationTime.getTime(), now),
    disableScaleIn: DisableScaleIn ?? false,
    coolingFrom: isCooling(place, lastOut?.at, ScaleOutCooldown, now) ? lastOut?.from : undefined,
  };
}

/** The averages of the last whole minutes; what a process takes beyond its share, which Fargate would not give, does not count. */
function datapointsOf(place: Place, resourceId: string, name: string, since: number, now: number): number[] {
  const { cluster, service } = namesOf(resourceId);
  const dimensions = [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: service },
  ];
  const points = findMetric(cloudWatch(place), { namespace: 'AWS/ECS', name, dimensions })?.points ?? [];
  const minute = minuteMs / place.cloud.clock.pace;
  const end = Math.floor(now / minute) * minute;
  const from = Math.max(end - lookBack * minute, since - minute);
  const perMinute = new Map<number, (typeof points)[number]>();
  for (const point of points) {
    if (point.at < from || point.at >= end) continue;
    const index = Math.floor(point.at / minute);
    const before = perMinute.get(index);
    perMinute.set(index, before === undefined ? point : combined(before, point));
  }
  return [...perMinute.values()].map(({ sum, count }) => Math.min(100, sum / count));
}

function isCooling(
  { cloud: { clock } }: Place,
  since: number | undefined,
  cooldown = usualCooldown,
  now: number,
): boolean {
  return since !== undefined && now < since + (cooldown * 1000) / clock.pace;
}
