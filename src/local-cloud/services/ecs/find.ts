import { AwsError } from '../../operation.ts';
import type { Place, StoredCluster, StoredService, StoredTask, StoredTaskDefinition } from './state.ts';
import { arn, ecsState } from './state.ts';

/** The cluster by name or ARN, `default` where none is named. Throws ClusterNotFoundException when it is not there or INACTIVE. */
export function clusterOf(place: Place, cluster: string | undefined): StoredCluster {
  const found = ecsState(place).clusters.get(nameOf(cluster ?? 'default'));
  if (found === undefined || found.status !== 'ACTIVE') {
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  }
  return found;
}

/** The service of a cluster by name or ARN, in whatever status; undefined when there never was one. */
export function findService(
  place: Place,
  cluster: StoredCluster,
  service: string | undefined,
): StoredService | undefined {
  const name = nameOf(service ?? '');
  return ecsState(place).services.get(arn(place, `service/${cluster.clusterName}/${name}`));
}

/** As {@link findService}. Throws ServiceNotFoundException, and ServiceNotActiveException for one that is DRAINING or INACTIVE. */
export function activeServiceOf(
  place: Place,
  cluster: StoredCluster,
  service: string | undefined,
): StoredService {
  const found = findService(place, cluster, service);
  if (found === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (found.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return found;
}

/** The task of a cluster by id or ARN. */
export function findTask(place: Place, cluster: StoredCluster, task: string): StoredTask | undefined {
  return ecsState(place).tasks.get(arn(place, `task/${cluster.clusterName}/${nameOf(task)}`));
}

/** A task definition by `family` (its last active revision), `family:revision` or ARN. */
export function findTaskDefinition(place: Place, name: string): StoredTaskDefinition | undefined {
  const { taskDefinitions } = ecsState(place);
  const short = nameOf(name);
  if (short.includes(':')) return taskDefinitions.get(short);
  return [...taskDefinitions.values()]
    .filter(({ family, status }) => family === short && status === 'ACTIVE')
    .sort((one, other) => other.revision - one.revision)[0];
}

/** A task definition that can be run. Throws ClientException in ECS's words. */
export function activeTaskDefinitionOf(place: Place, name: string | undefined): StoredTaskDefinition {
  if (!name) throw new AwsError('InvalidParameterException', 'TaskDefinition can not be blank.');
  const found = findTaskDefinition(place, name);
  if (found === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive');
  return found;
}

/** The last part of an ARN, or the name itself. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

/** An item by ARN, for the tag operations. */
export function findByArn(
  place: Place,
  resourceArn: string,
): StoredCluster | StoredService | StoredTask | StoredTaskDefinition | undefined {
  const state = ecsState(place);
  const [, kind, rest] = /^arn:aws:ecs:[^:]*:[^:]*:([a-z-]+)\/(.+)$/.exec(resourceArn) ?? [];
  if (kind === 'cluster') return state.clusters.get(rest ?? '');
  if (kind === 'task-definition') return state.taskDefinitions.get(rest ?? '');
  if (kind === 'service') return state.services.get(resourceArn);
  if (kind === 'task') return state.tasks.get(resourceArn);
  return undefined;
}
