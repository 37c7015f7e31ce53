import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  Tag,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { cloudWatch, dashboards } from './state.ts';

const most = 50;

export const TagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input, call) => {
  const tags = byArn(input.ResourceARN!, call);
  const next = new Map([...tags, ...tagMap(input.Tags)]);
  if (next.size > most) throw new AwsError('LimitExceeded', `A resource can have at most ${most} tags.`);
  for (const [key, value] of next) tags.set(key, value);
  return {};
};

export const UntagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (
  input,
  call,
) => {
  const tags = byArn(input.ResourceARN!, call);
  for (const key of input.TagKeys!) tags.delete(key);
  return {};
};

export const ListTagsForResource: Operation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
> = (input, call) => ({
  Tags: [...byArn(input.ResourceARN!, call)].map(([Key, Value]) => ({ Key, Value })),
});

/** Tags by key, from the list that requests have. */
export function tagMap(tags: Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key!, Value!]));
}

/** Alarms are of a region, dashboards of the account. */
function byArn(arn: string, call: Call): Map<string, string> {
  const [, alarm] = /^arn:aws:cloudwatch:[^:]+:\d{12}:alarm:(.+)$/.exec(arn) ?? [];
  const [, dashboard] = /^arn:aws:cloudwatch::\d{12}:dashboard\/(.+)$/.exec(arn) ?? [];
  const found = cloudWatch(call).alarms.get(alarm ?? '') ?? dashboards(call).get(dashboard ?? '');
  if (found === undefined) {
    throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist`, 404);
  }
  return found.tags;
}
