import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../operation.ts';
import { invalidParameter } from './invalid-parameter.ts';
import { repositoryOf } from './state.ts';
import type { Place, RepositoryState } from './state.ts';
import { checkTagCount, tagSet } from './tag-set.ts';

export const TagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input, call) => {
  const repository = byArn(input.resourceArn!, call);
  const tags = new Map([...repository.tags, ...tagSet(input.tags!)]);
  checkTagCount(tags);
  repository.tags = tags;
  return {};
};

export const UntagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (
  input,
  call,
) => {
  const repository = byArn(input.resourceArn!, call);
  for (const key of input.tagKeys!) repository.tags.delete(key);
  return {};
};

export const ListTagsForResource: Operation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
> = (input, call) => {
  const { tags } = byArn(input.resourceArn!, call);
  return { tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};

function byArn(arn: string, place: Place): RepositoryState {
  const [, region, account, name] = /^arn:aws:ecr:([^:]*):(\d{12}):repository\/(.+)$/.exec(arn) ?? [];
  if (region !== place.region || account !== place.account) {
    throw invalidParameter(
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN ${arn}'`,
    );
  }
  return repositoryOf(place, name);
}
