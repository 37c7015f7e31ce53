import type { Place, StoredService } from '../ecs/state.ts';
import { arn, ecsState } from '../ecs/state.ts';

/** The service that `service/<cluster>/<service>` names, while it is ACTIVE. */
export function serviceOf(place: Place, resourceId: string): StoredService | undefined {
  const service = ecsState(place).services.get(arn(place, resourceId));
  return service?.status === 'ACTIVE' ? service : undefined;
}

/** The cluster and service of a resource id, as CloudWatch's dimensions name them. */
export function namesOf(resourceId: string): { cluster: string; service: string } {
  const [, cluster = '', service = ''] = resourceId.split('/');
  return { cluster, service };
}
