import { ListServiceDeploymentsCommand, type ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';

/** The last deployments of a service, none where there is no such service (`aws ecs list-service-deployments`). */
export async function serviceDeployments(
  cloud: Cloud,
  cluster: string,
  service: string,
): Promise<ServiceDeploymentBrief[]> {
  const answer = await unless(
    cloud.ecs.send(new ListServiceDeploymentsCommand({ cluster, service })),
    'ServiceNotFoundException',
    'ClusterNotFoundException',
  );
  return answer?.serviceDeployments ?? [];
}
