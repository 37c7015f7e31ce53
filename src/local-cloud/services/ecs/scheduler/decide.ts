/** One task of a service that nobody has told to stop. */
export interface TaskView {
  arn: string;
  primary: boolean;
  /** `waiting`: not running yet, or running without a verdict of the load balancer (or still in its grace period). */
  health: 'healthy' | 'unhealthy' | 'waiting';
  running: boolean;
  zone: string;
  /** Its target group; only blue/green deployments tell by it. */
  group?: string | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface ServiceView {
  desired: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** False while it backs off, and for a failed deployment: it starts nothing more. */
  mayStart: boolean;
  tasks: TaskView[];
  /** Tasks that were told to stop and are not gone yet. */
  leaving: number;
}

export interface Decision {
  /** How many tasks of the primary deployment to start. */
  start: number;
  stop: { arn: string; why: 'replaced' | 'unhealthy' | 'scaled-in' }[];
  /** As many healthy tasks of the primary deployment as desired, and no others. */
  steady: boolean;
  /** Neither limit lets it do anything: the deployment percentages rule out any step. */
  stuck: boolean;
}

/**
 * What the service scheduler does next: pure. Tasks between PROVISIONING and RUNNING never exceed the maximum percent
 * of what is desired (rounded down); healthy ones never fall below the minimum percent (rounded up) by its own doing.
 * An unhealthy task is replaced first and stopped then, as far as the maximum allows.
 */
export function decide(service: ServiceView): Decision {
  const { desired, tasks, mayStart, leaving } = service;
  const most = Math.floor((desired * service.maximumPercent) / 100);
  const least = Math.ceil((desired * service.minimumHealthyPercent) / 100);
  const stop: Decision['stop'] = [];

  const primary = tasks.filter((task) => task.primary);
  const old = tasks.filter((task) => !task.primary);
  const good = primary.filter(({ health }) => health !== 'unhealthy');
  const missing = Math.max(0, desired - good.length);
  const start = mayStart ? Math.min(missing, Math.max(0, most - tasks.length)) : 0;
  // Room that has to be made before the rest of the missing ones can start.
  let blocked = mayStart ? missing - start : 0;

  const healthyPrimary = primary.filter(({ health }) => health === 'healthy').length;
  // Unhealthy ones go once they are replaced, or to make room.
  for (const task of byAge(primary.filter(({ health }) => health === 'unhealthy'))) {
    if (healthyPrimary < desired && blocked === 0) break;
    if (blocked > 0) blocked -= 1;
    stop.push({ arn: task.arn, why: 'unhealthy' });
  }
  for (const task of surplusOf(good, good.length - desired)) stop.push({ arn: task.arn, why: 'scaled-in' });

  const useful = old.filter(({ health }) => health === 'healthy');
  if (mayStart || healthyPrimary >= desired) {
    // Those that serve nobody cost nothing to stop.
    for (const task of old.filter(({ health }) => health !== 'healthy')) {
      if (blocked > 0) blocked -= 1;
      stop.push({ arn: task.arn, why: 'replaced' });
    }
    const spare = healthyPrimary + useful.length - least;
    const replaced = useful.length - Math.max(0, desired - healthyPrimary);
    for (const task of surplusOf(useful, Math.min(spare, Math.max(replaced, blocked)))) {
      stop.push({ arn: task.arn, why: 'replaced' });
    }
  } else {
    for (const task of surplusOf(useful, useful.length - desired)) {
      stop.push({ arn: task.arn, why: 'scaled-in' });
    }
  }

  const waiting = tasks.some(({ health }) => health === 'waiting');
  return {
    start,
    stop,
    steady: healthyPrimary === desired && tasks.length === desired && leaving === 0,
    stuck: mayStart && missing > 0 && start + stop.length + leaving === 0 && !waiting,
  };
}

/** `count` tasks to stop: those that do not serve yet first, then from the zone that has most, oldest first. */
function surplusOf(tasks: TaskView[], count: number): TaskView[] {
  const left = byAge(tasks);
  const chosen: TaskView[] = [];
  while (chosen.length < count) {
    const perZone = new Map<string, number>();
    for (const { zone } of left) perZone.set(zone, (perZone.get(zone) ?? 0) + 1);
    const order = ({ health, running }: TaskView) => (running ? 1 : 0) + (health === 'healthy' ? 1 : 0);
    const [next] = left.toSorted(
      (one, other) =>
        order(one) - order(other) || (perZone.get(other.zone) ?? 0) - (perZone.get(one.zone) ?? 0),
    );
    if (next === undefined) break;
    chosen.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return chosen;
}

function byAge(tasks: TaskView[]): TaskView[] {
  return tasks.toSorted((one, other) => one.createdAt - other.createdAt);
}
