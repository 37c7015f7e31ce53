import type {
  AddTagsInput,
  AddTagsOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  RemoveTagsOutput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import {
  mustBeWithin,
  mustFindListener,
  mustFindLoadBalancer,
  mustFindTargetGroup,
  validationError,
} from './errors.ts';
import { elbv2State } from './state.ts';

const maximum = 50;

/** Old tags overwritten by new ones. Throws DuplicateTagKeys, ValidationError for a reserved or overlong key or value, TooManyTags. */
export function mergeTags(old: Tag[], added: Tag[] | undefined): Tag[] {
  const merged = new Map(old.map(({ Key, Value }) => [Key, Value ?? '']));
  const seen = new Set<string | undefined>();
  for (const { Key = '', Value = '' } of added ?? []) {
    if (seen.has(Key)) {
      throw new AwsError('DuplicateTagKeys', `Tag keys must be unique, but '${Key}' is there more than once`);
    }
    seen.add(Key);
    mustBeWithin(Key.length, 'The length of a tag key', 1, 128);
    mustBeWithin(Value.length, 'The length of a tag value', 0, 256);
    if (/^aws:/i.test(Key)) throw validationError(`Tag key '${Key}' cannot begin with 'aws:'`);
    merged.set(Key, Value);
  }
  if (merged.size > maximum) {
    throw new AwsError('TooManyTags', `The number of tags exceeds the limit of ${maximum}`);
  }
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

/** Whether two resources have the same tags, in whatever order. */
export function sameTags(a: Tag[], b: Tag[]): boolean {
  const text = (tags: Tag[]) => tags.map(({ Key, Value }) => JSON.stringify([Key, Value])).sort();
  return text(a).join() === text(b).join();
}

export const tagOperations: Operations = { AddTags, RemoveTags, DescribeTags };

function AddTags({ ResourceArns = [], Tags }: AddTagsInput, call: Call): AddTagsOutput {
  const resources = ResourceArns.map((arn) => taggable(call, arn));
  const merged = resources.map(({ tags }) => mergeTags(tags, Tags));
  resources.forEach((resource, index) => (resource.tags = merged[index] ?? []));
  return {};
}

function RemoveTags({ ResourceArns = [], TagKeys = [] }: RemoveTagsInput, call: Call): RemoveTagsOutput {
  for (const resource of ResourceArns.map((arn) => taggable(call, arn))) {
    resource.tags = resource.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ''));
  }
  return {};
}

function DescribeTags({ ResourceArns = [] }: DescribeTagsInput, call: Call): DescribeTagsOutput {
  mustBeWithin(ResourceArns.length, 'The number of resources', 1, 20);
  return {
    TagDescriptions: ResourceArns.map((arn) => ({ ResourceArn: arn, Tags: taggable(call, arn).tags })),
  };
}

function taggable(call: Call, arn: string): { tags: Tag[] } {
  const state = elbv2State(call);
  const type = arn.split(':')[5]?.split('/')[0];
  if (type === 'loadbalancer') return mustFindLoadBalancer(state, arn);
  if (type === 'targetgroup') return mustFindTargetGroup(state, arn);
  if (type === 'listener') return mustFindListener(state, arn);
  throw validationError(`'${arn}' is not a valid ARN of a load balancer, target group or listener`);
}
