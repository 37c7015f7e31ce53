import type { Snapshot, Verdict } from './snapshot.ts';

/** The state of a stack in one word, and why. Pure. */
export function judge({ service, targets, redis }: Omit<Snapshot, 'verdict'>): Verdict {
  if (service.value === undefined) return { state: 'down', because: service.error };
  const { desired, running, deployments } = service.value;
  const healthy = targets.value?.filter(({ state }) => state === 'healthy').length ?? 0;
  if (desired > 0 && running === 0) return { state: 'down', because: `none of ${desired} tasks is running` };
  if (desired > 0 && targets.value !== undefined && healthy === 0) {
    return { state: 'down', because: 'no target is healthy' };
  }
  const failed = deployments.find(({ rollout }) => rollout === 'FAILED');
  if (failed !== undefined) return { state: 'degraded', because: failed.reason };
  const rolling = deployments.find(({ rollout }) => rollout === 'IN_PROGRESS');
  if (rolling !== undefined) {
    return {
      state: 'deploying',
      because: `${rolling.running} of ${rolling.desired} tasks of the new deployment run`,
    };
  }
  if (running < desired) return { state: 'degraded', because: `${running} of ${desired} tasks run` };
  if (targets.value !== undefined && healthy < desired) {
    return { state: 'degraded', because: `${healthy} of ${desired} targets are healthy` };
  }
  if (redis.value !== undefined && redis.value.status !== 'available') {
    return { state: 'degraded', because: `redis is ${redis.value.status}` };
  }
  const unread = [targets, redis].find((part) => part.error !== undefined);
  if (unread !== undefined) return { state: 'degraded', because: `not all could be read: ${unread.error}` };
  return { state: 'healthy', because: `${running} of ${desired} tasks run, ${healthy} targets are healthy` };
}
