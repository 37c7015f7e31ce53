import type { Part, Snapshot, Verdict } from './snapshot.ts';

/** How long what was read last counts after it could not be read again, in milliseconds. */
const patienceMs = 30_000;

type Judged = Omit<Snapshot, 'verdict'>;
type Rule = (snapshot: Judged) => Verdict | undefined;

/** The state of a stack in one word, and why: the first rule that has something to say. Metrics have no say. Pure. */
export function judge(snapshot: Judged): Verdict {
  for (const rule of rules) {
    const verdict = rule(snapshot);
    if (verdict !== undefined) return verdict;
  }
  const { running, desired } = snapshot.service.value!;
  return {
    state: 'healthy',
    because: `${running} of ${desired} tasks run, ${count(healthyTargets(snapshot), 'target is', 'targets are')} healthy`,
  };
}

const rules: Rule[] = [
  isAbsent,
  isUnread,
  hasNoTask,
  hasNoTarget,
  hasNoEntrance,
  isFailing,
  isRolling,
  isShort,
  isAiling,
  isStale,
];

function isAbsent({ service, loadBalancer }: Judged): Verdict | undefined {
  for (const { error } of [service, loadBalancer]) {
    if (error?.kind === 'absent') return { state: 'down', because: error.message };
  }
  return undefined;
}

function isUnread({ service }: Judged): Verdict | undefined {
  if (service.value !== undefined) return undefined;
  const because = `the service could not be read: ${service.error?.message ?? 'no answer yet'}`;
  return { state: 'degraded', because };
}

function hasNoTask({ service }: Judged): Verdict | undefined {
  const { desired, running, pending } = service.value!;
  if (running > 0) return undefined;
  if (desired === 0) return { state: 'down', because: 'the service is set to 0 tasks' };
  const starting = pending === 0 ? '' : `, ${count(pending, 'task is', 'tasks are')} starting`;
  return { state: 'down', because: `none of ${count(desired, 'task', 'tasks')} runs${starting}` };
}

function hasNoTarget(snapshot: Judged): Verdict | undefined {
  const { value } = snapshot.targets;
  if (value === undefined || healthyTargets(snapshot) > 0) return undefined;
  const reason = value.find(({ reason }) => reason !== undefined)?.reason;
  return { state: 'down', because: `no target is healthy${reason === undefined ? '' : ` (${reason})`}` };
}

function hasNoEntrance({ loadBalancer: { value } }: Judged): Verdict | undefined {
  if (value === undefined) return undefined;
  if (value.url === undefined) return { state: 'down', because: 'the load balancer has no listener' };
  if (value.state === 'active') return undefined;
  const state = value.state === 'active_impaired' ? 'degraded' : 'down';
  return { state, because: `the load balancer is ${value.state}` };
}

function isFailing({ service }: Judged): Verdict | undefined {
  const failed = service.value!.deployments.find(({ rollout }) => rollout === 'FAILED');
  return (
    failed && { state: 'degraded', because: `the deployment of ${failed.version} failed: ${failed.reason}` }
  );
}

function isRolling({ service }: Judged): Verdict | undefined {
  const rolling = service.value!.deployments.find(({ rollout }) => rollout === 'IN_PROGRESS');
  if (rolling === undefined) return undefined;
  const back = /rolling back/i.test(rolling.reason) ? 'rolling back: ' : '';
  const tasks = `${rolling.running} of ${count(rolling.desired, 'task runs', 'tasks run')} ${rolling.version}`;
  return { state: 'deploying', because: `${back}${tasks}` };
}

function isShort(snapshot: Judged): Verdict | undefined {
  const { running, desired } = snapshot.service.value!;
  if (running < desired) return { state: 'degraded', because: `${running} of ${desired} tasks run` };
  const healthy = healthyTargets(snapshot);
  if (snapshot.targets.value === undefined || healthy >= desired) return undefined;
  return { state: 'degraded', because: `${healthy} of ${desired} targets are healthy` };
}

function isAiling({ redis, targets, tasks }: Judged): Verdict | undefined {
  const ill = targets.value?.find(({ state }) => state === 'unhealthy');
  if (ill !== undefined) {
    return {
      state: 'degraded',
      because: `target ${ill.id} is unhealthy (${ill.reason ?? 'no reason given'})`,
    };
  }
  const failing = tasks.value?.find(({ health }) => health === 'UNHEALTHY');
  if (failing !== undefined) {
    const because = `task ${failing.id.slice(0, 8)} fails its container health check`;
    return { state: 'degraded', because };
  }
  if (redis.error?.kind === 'absent') return { state: 'degraded', because: redis.error.message };
  if (redis.value === undefined || ['available', 'none'].includes(redis.value.status)) return undefined;
  return { state: 'degraded', because: `redis is ${redis.value.status}` };
}

/** A reading that failed now and then is no illness; one that goes on failing hides one. */
function isStale({ service, targets, tasks, redis, loadBalancer }: Judged): Verdict | undefined {
  const parts: [string, Part<unknown>][] = Object.entries({
    service,
    targets,
    tasks,
    redis,
    'load balancer': loadBalancer,
  });
  const stale = parts.find(([, { error, age = Infinity }]) => error !== undefined && age > patienceMs);
  if (stale === undefined) return undefined;
  const [name, { error }] = stale;
  return { state: 'degraded', because: `${name} could not be read: ${error!.message}` };
}

function healthyTargets({ targets }: Judged): number {
  return (targets.value ?? []).filter(({ state }) => state === 'healthy').length;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
