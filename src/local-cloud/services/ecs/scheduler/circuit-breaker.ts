import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

/** From how many failed tasks in a row on a deployment has failed: half of what is desired, at least 3 and at most 200, unless configured. */
export function failureThreshold(breaker: DeploymentCircuitBreaker | undefined, desired: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desired * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}
