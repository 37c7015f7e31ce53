import type { TaskStopCode } from '@aws-sdk/client-ecs';
import type { StoredTask } from '../state.ts';
import type { Runtime } from './runtime.ts';
import { ownCall } from './runtime.ts';
import { deregisterTargets, deregistrationDelay, isDrained } from './targets.ts';

/** Beyond the deregistration delay, the load balancer has this long to say that it is done. */
const drainGrace = 2000;

/**
 * Ends a task. The service scheduler's way (`drain`): out of the load balancer, wait until that is drained, then
 * SIGTERM, then SIGKILL after the stop timeout. StopTask's way: SIGTERM at once. A task that is still starting ends
 * at its next step. Resolves when the load balancer holds nothing of it and it was told to end.
 */
export async function stopTask(
  runtime: Runtime,
  task: StoredTask,
  { code, reason, drain }: { code: TaskStopCode; reason: string; drain: boolean },
): Promise<void> {
  if (task.desiredStatus === 'STOPPED') return;
  const { place } = runtime;
  const serving = task.lastStatus === 'RUNNING' && task.targets.length > 0;
  task.desiredStatus = 'STOPPED';
  task.stopCode = code;
  task.stoppedReason = reason;
  task.stoppingAt = new Date(place.cloud.clock.now());
  const running = runtime.running.get(task.taskArn);
  if (running === undefined) return;
  if (serving) {
    task.lastStatus = 'DEACTIVATING';
    const leaving = deregisterTargets(ownCall(place), task);
    if (drain) {
      await leaving;
      await drained(runtime, task);
    }
  }
  if (hasStopped(task)) return;
  task.lastStatus = 'STOPPING';
  for (const container of running) container.stop();
}

/** Resolves when the load balancer is done with the task, and soon after the deregistration delay in any case. */
async function drained(runtime: Runtime, task: StoredTask): Promise<void> {
  const { place, healthListeners } = runtime;
  const longest = (await deregistrationDelay(ownCall(place), task)) + drainGrace;
  await new Promise<void>((resolve) => {
    const done = () => {
      callOff();
      healthListeners.delete(look);
      resolve();
    };
    const look = () => {
      // A task that ended by itself has nothing left to drain.
      if (task.lastStatus === 'STOPPED' || isDrained(place, task)) done();
    };
    const callOff = place.cloud.clock.after(longest, done);
    healthListeners.add(look);
    look();
  });
}

// A function of its own, since the status changes while the lines above wait.
function hasStopped({ lastStatus }: StoredTask): boolean {
  return lastStatus === 'STOPPED';
}
