import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { deleteNetworkInterface } from '../../ec2/network-interface.ts';
import type { StoredTask } from '../state.ts';
import { ecsState } from '../state.ts';
import { revokeTaskKey } from '../task-credentials.ts';
import { removeDeletedTaskDefinitions } from '../task-definition.ts';
import type { Runtime } from './runtime.ts';
import { ownCall } from './runtime.ts';
import { deregisterTargets } from './targets.ts';

/** A container's process has ended: with an essential one the task ends; with the last one it is STOPPED. */
export async function containerExited(
  runtime: Runtime,
  task: StoredTask,
  definition: ContainerDefinition,
  exit: { code: number; reason?: string },
): Promise<void> {
  const shown = task.containers.find(({ name }) => name === definition.name);
  if (shown !== undefined) {
    shown.lastStatus = 'STOPPED';
    shown.exitCode = exit.code;
    if (exit.reason !== undefined) shown.reason = exit.reason;
  }
  if (definition.essential !== false && task.desiredStatus !== 'STOPPED') {
    task.desiredStatus = 'STOPPED';
    task.stoppingAt = new Date(runtime.place.cloud.clock.now());
    task.stopCode = 'EssentialContainerExited';
    task.stoppedReason = 'Essential container in task exited';
    task.lastStatus = 'DEACTIVATING';
    for (const container of runtime.running.get(task.taskArn) ?? []) container.stop();
    // No request may go to it any more.
    await deregisterTargets(ownCall(runtime.place), task);
  }
  if (task.containers.every(({ lastStatus }) => lastStatus !== 'RUNNING')) await finishTask(runtime, task);
}

/** STOPPED tasks stay describable for so long. */
const keptFor = 3_600_000;

/** The end of a task of which nothing runs any more: its network interface goes, the record stays for an hour. */
export async function finishTask(runtime: Runtime, task: StoredTask): Promise<void> {
  if (task.lastStatus === 'STOPPED') return;
  const { place } = runtime;
  const { cloud } = place;
  const now = new Date(cloud.clock.now());
  task.lastStatus = 'STOPPED';
  task.desiredStatus = 'STOPPED';
  task.executionStoppedAt ??= now;
  task.stoppedAt = now;
  task.healthStatus = 'UNKNOWN';
  // A stopped task is nobody's resource any more: what counts a stack's resources goes by tags.
  task.tags = [];
  runtime.running.delete(task.taskArn);
  revokeTaskKey(cloud, task.taskId);
  for (const container of task.containers) container.lastStatus = 'STOPPED';
  for (const attachment of task.attachments ?? []) attachment.status = 'DELETED';
  if (task.networkInterfaceId !== undefined) deleteNetworkInterface(ownCall(place), task.networkInterfaceId);
  if (task.local !== undefined) cloud.dataPlane.addresses.release(task.local.host, task.local.port);
  forgetOld(runtime, now.getTime());
  removeDeletedTaskDefinitions(place);
  runtime.onStopped(task);
}

function forgetOld({ place }: Runtime, now: number): void {
  const { tasks } = ecsState(place);
  for (const [taskArn, { stoppedAt }] of tasks) {
    if (stoppedAt !== undefined && stoppedAt.getTime() < now - keptFor) tasks.delete(taskArn);
  }
}
