import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { scaling, validation, type TargetState } from './state.ts';
import { tagSet } from './tag-set.ts';

export function ListTagsForResource(
  { ResourceARN }: ListTagsForResourceRequest,
  call: Call,
): ListTagsForResourceResponse {
  return { Tags: Object.fromEntries(byArn(ResourceARN!, call).tags) };
}

export function TagResource({ ResourceARN, Tags }: TagResourceRequest, call: Call): TagResourceResponse {
  const target = byArn(ResourceARN!, call);
  target.tags = tagSet(target.tags, Tags!);
  return {};
}

export function UntagResource(
  { ResourceARN, TagKeys }: UntagResourceRequest,
  call: Call,
): UntagResourceResponse {
  const { tags } = byArn(ResourceARN!, call);
  for (const key of TagKeys!) tags.delete(key);
  return {};
}

function byArn(arn: string, call: Call): TargetState {
  if (!/^arn:aws:application-autoscaling:[^:]*:\d{12}:scalable-target\/[0-9a-f]+$/.test(arn)) {
    throw validation(`Invalid resource ARN: ${arn}`);
  }
  const target = [...scaling(call).targets.values()].find((each) => each.arn === arn);
  if (target !== undefined) return target;
  throw new AwsError('ResourceNotFoundException', `The specified resource doesn't exist: ${arn}`, 400, {
    ResourceName: arn,
  });
}
