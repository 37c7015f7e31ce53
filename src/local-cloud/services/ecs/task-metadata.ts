import type { LocalCloud } from '../../cloud.ts';
import type { EcsState, StoredTask } from './state.ts';

/** The path of a task's metadata, as Fargate gives it in `ECS_CONTAINER_METADATA_URI_V4`; who knows the task's id may read it. */
export function metadataUri({ endpoint }: LocalCloud, { taskId, createdAt }: StoredTask): string {
  return `${endpoint}/v4/${taskId}-${String(createdAt.getTime()).slice(-10)}`;
}

/**
 * The answer to GET `${ECS_CONTAINER_METADATA_URI_V4}` and `…/task`, with the members that do not depend on Docker;
 * undefined where no such task runs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export function taskMetadata(cloud: LocalCloud, path: string): object | undefined {
  const [, taskId, sub] = /^\/v4\/([0-9a-f]{32})-\d+(\/task)?$/.exec(path) ?? [];
  const task = taskId === undefined ? undefined : findTask(cloud, taskId);
  if (task === undefined) return undefined;
  const containers = task.containers.map((container) => ({
    DockerId: container.runtimeId,
    Name: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    Networks: [
      { NetworkMode: 'awsvpc', IPv4Addresses: task.privateIp === undefined ? [] : [task.privateIp] },
    ],
    ContainerARN: container.containerArn,
  }));
  if (sub === undefined) return containers[0];
  const [family, revision] = task.taskDefinitionArn.split('/').at(-1)!.split(':');
  return {
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: family,
    Revision: revision,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    AvailabilityZone: task.availabilityZone,
    LaunchType: 'FARGATE',
    Containers: containers,
  };
}

function findTask(cloud: LocalCloud, taskId: string): StoredTask | undefined {
  for (const [name, state] of cloud.states) {
    if (!name.startsWith('ecs@')) continue;
    for (const task of (state as EcsState).tasks.values()) if (task.taskId === taskId) return task;
  }
  return undefined;
}
