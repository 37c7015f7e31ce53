import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { findByArn } from './find.ts';

export const tagOperations: Operations = { ListTagsForResource, TagResource, UntagResource };

const maximumTags = 50;

/** Checks tags as every creating call does. Throws InvalidParameterException. */
export function checkTags(tags: Tag[] | undefined): Tag[] {
  const keys = new Set<string>();
  for (const { key = '', value = '' } of tags ?? []) {
    if (key === '' || key.length > 128) invalid('The tag key must be 1 to 128 characters.');
    if (value.length > 256) invalid('The tag value must be at most 256 characters.');
    if (/^aws:/i.test(key)) invalid('The tag key must not start with aws:.');
    if (keys.has(key)) invalid(`Duplicate tag keys found: ${key}.`);
    keys.add(key);
  }
  if (keys.size > maximumTags) invalid('The maximum number of tags is 50.');
  return (tags ?? []).map(({ key, value }) => ({ key, value: value ?? '' }));
}

function ListTagsForResource(input: ListTagsForResourceRequest, call: Call): ListTagsForResourceResponse {
  return { tags: resourceOf(input.resourceArn, call).tags ?? [] };
}

function TagResource(input: TagResourceRequest, call: Call): object {
  const resource = resourceOf(input.resourceArn, call);
  const fresh = checkTags(input.tags);
  const kept = (resource.tags ?? []).filter(({ key }) => !fresh.some((tag) => tag.key === key));
  resource.tags = checkTags([...kept, ...fresh]);
  return {};
}

function UntagResource(input: UntagResourceRequest, call: Call): object {
  const resource = resourceOf(input.resourceArn, call);
  resource.tags = (resource.tags ?? []).filter(({ key }) => !input.tagKeys?.includes(key ?? ''));
  return {};
}

function resourceOf(resourceArn: string | undefined, call: Call): { tags?: Tag[] } {
  const found = findByArn(call, resourceArn ?? '');
  if (found !== undefined) return found;
  const kind = /^arn:aws:ecs:[^:]*:[^:]*:(cluster|service|task-definition|task)\//.exec(
    resourceArn ?? '',
  )?.[1];
  if (kind === 'cluster') throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  if (kind === undefined) invalid('Invalid resource ARN.');
  return invalid(`The specified ${kind} is not found.`);
}

function invalid(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}
