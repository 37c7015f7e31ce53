import { ListTagsForResourceCommand, type Tag } from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../shared/errors.ts';

/** The tags of an ElastiCache resource by its ARN; undefined when it is gone, or in a state that keeps its tags from being read (`aws elasticache list-tags-for-resource`). */
export async function tagsOf(cloud: Cloud, arn: string): Promise<Tag[] | undefined> {
  const answer = await unless(
    cloud.elasticache.send(new ListTagsForResourceCommand({ ResourceName: arn })),
    'InvalidReplicationGroupState',
    'InvalidReplicationGroupStateFault',
    'CacheClusterNotFoundFault',
    'ReplicationGroupNotFoundFault',
    'CacheSubnetGroupNotFoundFault',
    'CacheParameterGroupNotFoundFault',
  );
  return answer?.TagList;
}
