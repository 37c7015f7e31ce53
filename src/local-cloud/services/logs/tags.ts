import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTagsLogGroupCommandInput,
  ListTagsLogGroupCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { groupOf } from './state.ts';
import type { LogGroupState } from './state.ts';
import { tagSet } from './tag-set.ts';

export const TagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input, call) => {
  const group = byArn(input.resourceArn!, call);
  group.tags = tagSet(group.tags, input.tags!);
  return {};
};

export const UntagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (
  input,
  call,
) => {
  const group = byArn(input.resourceArn!, call);
  for (const key of input.tagKeys!) group.tags.delete(key);
  return {};
};

export const ListTagsForResource: Operation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
> = (input, call) => ({ tags: Object.fromEntries(byArn(input.resourceArn!, call).tags) });

export const ListTagsLogGroup: Operation<ListTagsLogGroupCommandInput, ListTagsLogGroupCommandOutput> = (
  input,
  call,
) => ({ tags: Object.fromEntries(groupOf(call, { logGroupName: input.logGroupName! }).tags) });

// The `arn` of DescribeLogGroups ends in `:*`, and the tag calls do not take that form: `logGroupArn` is the one for them.
function byArn(arn: string, call: Call): LogGroupState {
  const match = /^arn:aws:logs:([^:]+):(\d{12}):log-group:([.\-_/#A-Za-z0-9]+)$/.exec(arn);
  if (match === null || match[1] !== call.region || match[2] !== call.account) {
    throw new AwsError('ValidationException', 'Invalid resourceArn');
  }
  return groupOf(call, { logGroupName: match[3]! });
}
