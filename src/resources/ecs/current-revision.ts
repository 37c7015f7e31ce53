import { paginateListServices } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Scope } from '../../engine/resource.ts';
import { collect } from '../shared/pages.ts';
import { listClusters } from './clusters.ts';
import { describeServices } from './describe-services.ts';
import { serviceDeployments } from './service-deployments.ts';

/** What a service of the stack runs, and when the last deployment of it began. */
export interface Deployed {
  /** ARN of the revision: after a rollback, the one that ECS went back to. */
  taskDefinition: string;
  /** Milliseconds since 1970; 0 where there has been none. */
  lastDeployment: number;
}

/**
 * Which of the revisions (newest first) counts. One that was there when the last deployment began and is not what the
 * service runs has had its turn: it was rolled back, or somebody went back by hand. Pure.
 */
export function currentRevision<Revision extends { arn: string; registeredAt: number }>(
  revisions: readonly Revision[],
  deployed: readonly Deployed[],
): Revision | undefined {
  const runs = ({ arn }: Revision) => deployed.some(({ taskDefinition }) => taskDefinition === arn);
  const isPast = (revision: Revision) =>
    deployed.some(({ lastDeployment }) => revision.registeredAt <= lastDeployment) && !runs(revision);
  if (!revisions.some(runs)) return revisions[0];
  return revisions.find((revision) => !isPast(revision));
}

/** What the services of the stack run (`aws ecs list-services`, then `describe-services` and `list-service-deployments`). */
export async function deployedRevisions(cloud: Cloud, scope: Scope): Promise<Deployed[]> {
  const clusters = await listClusters(cloud, scope);
  return (await Promise.all(clusters.map((cluster) => deployedIn(cloud, cluster)))).flat();
}

async function deployedIn(cloud: Cloud, cluster: string): Promise<Deployed[]> {
  const arns = await unless(
    collect(paginateListServices({ client: cloud.ecs }, { cluster }), (page) => page.serviceArns),
    'ClusterNotFoundException',
  );
  return (
    await Promise.all(
      (arns ?? []).map(async (arn) => {
        const [services, lastDeployment] = await Promise.all([
          describeServices(cloud, cluster, [arn]),
          lastDeploymentOf(cloud, cluster, arn),
        ]);
        return services.map(({ taskDefinition = '' }) => ({ taskDefinition, lastDeployment }));
      }),
    )
  ).flat();
}

async function lastDeploymentOf(cloud: Cloud, cluster: string, service: string): Promise<number> {
  const deployments = await serviceDeployments(cloud, cluster, service);
  const times = deployments.map(({ createdAt }) => createdAt?.getTime() ?? 0);
  return Math.max(0, ...times);
}
