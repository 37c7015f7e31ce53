import type {
  AddTagsToResourceCommandInput,
  AddTagsToResourceCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { ssm } from './state.ts';
import type { ParameterState } from './state.ts';
import { checkTagCount, tagSet } from './tag-set.ts';

export const AddTagsToResource: Operation<AddTagsToResourceCommandInput, AddTagsToResourceCommandOutput> = (
  input,
  call,
) => {
  const parameter = resource(input, call);
  const tags = new Map([...parameter.tags, ...tagSet(input.Tags!)]);
  checkTagCount(tags);
  parameter.tags = tags;
  return {};
};

export const RemoveTagsFromResource: Operation<
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput
> = (input, call) => {
  const parameter = resource(input, call);
  for (const key of input.TagKeys!) parameter.tags.delete(key);
  return {};
};

export const ListTagsForResource: Operation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
> = (input, call) => {
  const { tags } = resource(input, call);
  return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};

function resource(
  { ResourceType, ResourceId }: { ResourceType: string | undefined; ResourceId: string | undefined },
  call: Call,
): ParameterState {
  if (ResourceType !== 'Parameter') {
    throw new AwsError('InvalidResourceType', `Resource type ${ResourceType} is not known here.`);
  }
  const parameter = ssm(call).parameters.get(ResourceId!);
  if (parameter === undefined) {
    throw new AwsError('InvalidResourceId', `The resource ID ${ResourceId} is not valid.`);
  }
  return parameter;
}
