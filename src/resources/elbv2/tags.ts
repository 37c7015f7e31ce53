import {
  AddTagsCommand,
  DescribeTagsCommand,
  RemoveTagsCommand,
  type Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { TagChange } from '../../engine/resource.ts';
import { inBatches } from '../shared/pages.ts';
import { tagList } from '../shared/tags.ts';

/** The most ARNs that DescribeTags takes. */
const most = 20;

/** Tags by ARN of load balancers, target groups or listeners, whose own listings have none (`aws elbv2 describe-tags`). */
export async function tagsByArn(cloud: Cloud, arns: string[]): Promise<Map<string, Tag[]>> {
  const descriptions = await inBatches(arns, most, async (batch) => {
    // One that was deleted since the listing fails the whole batch; then each is asked for alone.
    const all = await describe(cloud, batch);
    if (all !== undefined || batch.length === 1) return all;
    const each = await Promise.all(batch.map((arn) => describe(cloud, [arn])));
    return each.flatMap((one) => one ?? []);
  });
  return new Map(descriptions.map(({ ResourceArn, Tags }) => [ResourceArn!, Tags ?? []]));
}

/** Changes the tags of a load balancer, target group or listener (`aws elbv2 add-tags`, `remove-tags`). */
export async function retag(cloud: Cloud, arn: string, { set, remove }: TagChange): Promise<void> {
  const ResourceArns = [arn];
  if (Object.keys(set).length > 0) {
    await cloud.elbv2.send(new AddTagsCommand({ ResourceArns, Tags: tagList(set) }));
  }
  if (remove.length > 0) {
    await cloud.elbv2.send(new RemoveTagsCommand({ ResourceArns, TagKeys: remove }));
  }
}

async function describe(cloud: Cloud, arns: string[]) {
  const answer = await unless(
    cloud.elbv2.send(new DescribeTagsCommand({ ResourceArns: arns })),
    'LoadBalancerNotFoundException',
    'TargetGroupNotFoundException',
    'ListenerNotFoundException',
  );
  return answer?.TagDescriptions;
}
