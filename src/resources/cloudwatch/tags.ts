import {
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import type { Tag } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { TagChange } from '../../engine/resource.ts';
import { tagList } from '../shared/tags.ts';

/** Tags of an alarm or dashboard, whose own listings have none (`aws cloudwatch list-tags-for-resource`); undefined when it is gone. */
export async function tagsOf(cloud: Cloud, arn: string): Promise<Tag[] | undefined> {
  const answer = await unless(
    cloud.cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn })),
    'ResourceNotFoundException',
  );
  return answer?.Tags;
}

/** Changes the tags of an alarm or dashboard: those of PutMetricAlarm and PutDashboard count only when they create (`aws cloudwatch tag-resource`, `untag-resource`). */
export async function retag(cloud: Cloud, ResourceARN: string, { set, remove }: TagChange): Promise<void> {
  if (Object.keys(set).length > 0) {
    await cloud.cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
  }
  if (remove.length > 0) {
    await cloud.cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: remove }));
  }
}
