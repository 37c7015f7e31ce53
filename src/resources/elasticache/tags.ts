import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
  type Tag,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { TagChange } from '../../engine/resource.ts';
import { tagList } from '../shared/tags.ts';

/** The tags of an ElastiCache resource by its ARN; undefined when it is gone, or in a state that keeps its tags from being read (`aws elasticache list-tags-for-resource`). */
export async function tagsOf(cloud: Cloud, arn: string): Promise<Tag[] | undefined> {
  const answer = await unless(
    cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName: arn })),
    'InvalidReplicationGroupState',
    'InvalidReplicationGroupStateFault',
    'CacheClusterNotFoundFault',
    'ReplicationGroupNotFoundFault',
    'ServerlessCacheNotFoundFault',
    'InvalidServerlessCacheStateFault',
    'CacheSubnetGroupNotFoundFault',
    'CacheParameterGroupNotFoundFault',
  );
  return answer?.TagList;
}

/** Changes the tags of an ElastiCache resource (`aws elasticache add-tags-to-resource`, `remove-tags-from-resource`). */
export async function retag(cloud: Cloud, arn: string, { set, remove }: TagChange): Promise<void> {
  if (Object.keys(set).length > 0) {
    await cloud.elasticache.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(set) }));
  }
  if (remove.length > 0) {
    await cloud.elasticache.send(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: remove }));
  }
}
