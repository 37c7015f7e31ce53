import type { Place, StoredService, StoredTask } from '../state.ts';
import { backOffOf, inconsistentFrom } from './back-off.ts';
import { taskFailed } from './rollout.ts';
import { serviceEvent } from './service-event.ts';

/** Why the scheduler stops an unhealthy task; it counts as a failure like a crash. */
export function unhealthyReason({ healthStatus, targets }: StoredTask): string {
  return healthStatus === 'UNHEALTHY'
    ? 'Task failed container health checks'
    : `Task failed ELB health checks in (target-group ${targets[0]?.targetGroupArn})`;
}

const unhealthy = /^Task failed (ELB|container) health checks/;

/** A task that was healthy for so long (milliseconds) before it failed is a new story: its replacement starts at once. */
const longLife = 10_000;

/** Looks at why a task of a service stopped: failures hold the next start back and may end the rollout. */
export function countFailure(place: Place, service: StoredService, task: StoredTask): void {
  const failed =
    task.stopCode === 'TaskFailedToStart' ||
    task.stopCode === 'EssentialContainerExited' ||
    unhealthy.test(task.stoppedReason ?? '');
  if (!failed || service.status !== 'ACTIVE') return;
  const now = place.cloud.clock.now();
  const lived = task.wasHealthy && task.startedAt !== undefined && now - task.startedAt.getTime() > longLife;
  const failures = lived ? 1 : service.backOff.failures + 1;
  service.backOff = { failures, until: now + backOffOf(failures) };
  if (cannotPlace.test(task.stoppedReason ?? '')) {
    serviceEvent(place, service, `was unable to place a task. Reason: ${task.stoppedReason}`);
  }
  if (failures === inconsistentFrom) {
    serviceEvent(
      place,
      service,
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    );
  }
  if (task.deploymentId !== undefined) taskFailed(place, service, task.deploymentId);
}

/** EC2's codes for a network interface that could not be made. */
const cannotPlace = /^(Insufficient|InvalidSubnet|InvalidGroup|InvalidSecurityGroup)/;
