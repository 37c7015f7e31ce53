import { paginateListClusters } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import type { Scope } from '../../engine/resource.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';

/** ARNs of the clusters whose names carry the hash of the stack (`aws ecs list-clusters`). */
export async function listClusters(cloud: Cloud, scope: Scope): Promise<string[]> {
  const pages = paginateListClusters({ client: cloud.ecs }, {});
  const arns = await collect(pages, (page) => page.clusterArns);
  return arns.filter((arn) => carriesHash(scope, nameFrom(arn)));
}

/** The last part of an ARN such as `arn:aws:ecs:eu-west-3:123456789012:cluster/chat-1a2b3c4d`. */
export function nameFrom(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
