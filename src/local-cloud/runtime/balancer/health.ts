import type { BalancerTargetGroup, TargetHealth } from '../data-plane.ts';

/** What one health check found out, in the words of DescribeTargetHealth. */
export type CheckResult = { ok: true } | { ok: false; reason: string; description: string };

/** A target's state and how many checks in a row ended alike. */
export interface Health {
  state: 'initial' | 'healthy' | 'unhealthy';
  /** Checks in a row that ended like the last one. */
  streak: number;
  last?: CheckResult;
}

/** A target that was just registered. */
export const initialHealth: Health = { state: 'initial', streak: 0 };

/** The health after one more check: a new target needs one success, others the thresholds of their group. */
export function afterCheck(
  health: Health,
  result: CheckResult,
  thresholds: Pick<BalancerTargetGroup['healthCheck'], 'healthyThreshold' | 'unhealthyThreshold'>,
): Health {
  const streak = health.last?.ok === result.ok ? health.streak + 1 : 1;
  const needed = result.ok
    ? health.state === 'initial'
      ? 1
      : thresholds.healthyThreshold
    : thresholds.unhealthyThreshold;
  const state = streak < needed ? health.state : result.ok ? 'healthy' : 'unhealthy';
  return { state, streak, last: result };
}

/** The health as DescribeTargetHealth words it. */
export function describeHealth({ state, last }: Health): TargetHealth {
  if (state === 'healthy') return { state };
  if (state === 'initial') {
    return {
      state,
      reason: 'Elb.InitialHealthChecking',
      description: 'Initial health checks in progress',
    };
  }
  return last?.ok === false
    ? { state, reason: last.reason, description: last.description }
    : { state, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
}

/** A target that gets no new requests and keeps its open ones. */
export const drainingHealth: TargetHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

/** A target of a group that no listener forwards to: it is not checked either. */
export const unusedHealth: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};

/** Whether a status code is one of a matcher's: `200`, `200,204`, `200-299`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((range) => {
    const [first = '', last = first] = range.split('-');
    return status >= Number(first) && status <= Number(last);
  });
}
