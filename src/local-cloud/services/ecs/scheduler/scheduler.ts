import type { LocalCloud } from '../../../cloud.ts';
import type { Place, StoredService, StoredTask } from '../state.ts';
import { ecsState } from '../state.ts';
import { look } from './look.ts';
import { countFailure } from './failure.ts';
import type { Runtime } from './runtime.ts';

interface Scheduler {
  runtime: Runtime;
  /** Services that are to be looked at. */
  due: Set<string>;
  /** Calls off the next look that was planned for a service. */
  planned: Map<string, () => void>;
}

const schedulers = new WeakMap<LocalCloud, Map<string, Scheduler>>();

/** The handles of what runs in the region of a call. */
export function runtimeOf(place: Place): Runtime {
  return schedulerOf(place).runtime;
}

/** Has the service scheduler look at a service soon, since something about it has changed. Looks never overlap. */
export function schedule(place: Place, serviceArn: string): void {
  const scheduler = schedulerOf(place);
  if (scheduler.due.size === 0) setImmediate(() => lookAtDue(scheduler));
  scheduler.due.add(serviceArn);
}

function schedulerOf({ cloud, region, account }: Place): Scheduler {
  let regions = schedulers.get(cloud);
  if (regions === undefined) schedulers.set(cloud, (regions = new Map<string, Scheduler>()));
  let scheduler = regions.get(region);
  if (scheduler === undefined) regions.set(region, (scheduler = newScheduler({ cloud, region, account })));
  return scheduler;
}

function newScheduler(place: Place): Scheduler {
  const runtime: Runtime = {
    place,
    running: new Map(),
    healthListeners: new Set(),
    onStopped: (task) => taskStopped(place, task),
  };
  // Of which task there is news, one finds out by looking.
  runtime.healthListeners.add(() => {
    for (const { serviceArn, status } of ecsState(place).services.values()) {
      if (status !== 'INACTIVE') schedule(place, serviceArn);
    }
  });
  place.cloud.dataPlane.balancer.onChange(() => {
    for (const listener of runtime.healthListeners) listener();
  });
  return { runtime, due: new Set(), planned: new Map() };
}

function lookAtDue({ runtime, due, planned }: Scheduler): void {
  const { place } = runtime;
  const now = [...due];
  due.clear();
  for (const serviceArn of now) {
    planned.get(serviceArn)?.();
    planned.delete(serviceArn);
    const service = ecsState(place).services.get(serviceArn);
    if (service === undefined || service.status === 'INACTIVE') continue;
    const again = look(runtime, service, () => schedule(place, serviceArn));
    if (again === undefined) continue;
    const after = Math.max(1, again - place.cloud.clock.now());
    planned.set(
      serviceArn,
      place.cloud.clock.after(after, () => schedule(place, serviceArn)),
    );
  }
}

function taskStopped(place: Place, task: StoredTask): void {
  const service: StoredService | undefined = ecsState(place).services.get(task.serviceArn ?? '');
  if (service === undefined) return;
  countFailure(place, service, task);
  schedule(place, service.serviceArn);
}
