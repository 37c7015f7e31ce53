import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import type { TagChange } from '../../engine/resource.ts';
import { lowerCaseTagList } from '../shared/tags.ts';

/** Changes the tags of a cluster, service or task definition (`aws ecs tag-resource`, `untag-resource`). */
export async function retag(cloud: Cloud, resourceArn: string, { set, remove }: TagChange): Promise<void> {
  if (Object.keys(set).length > 0) {
    await cloud.ecs.send(new TagResourceCommand({ resourceArn, tags: lowerCaseTagList(set) }));
  }
  if (remove.length > 0) {
    await cloud.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  }
}
