import type {
  ListRoleTagsCommandInput,
  ListRoleTagsCommandOutput,
  TagRoleCommandInput,
  TagRoleCommandOutput,
  UntagRoleCommandInput,
  UntagRoleCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operation.ts';
import { tagSet } from './checks.ts';
import { listing } from './listing.ts';
import { tagList } from './role-shape.ts';
import { roleOf } from './state.ts';

export const TagRole: Operation<TagRoleCommandInput, TagRoleCommandOutput> = (input, call) => {
  const role = roleOf(call, input.RoleName);
  role.tags = tagSet(role.tags, input.Tags!);
  return {};
};

export const UntagRole: Operation<UntagRoleCommandInput, UntagRoleCommandOutput> = (input, call) => {
  const role = roleOf(call, input.RoleName);
  for (const key of input.TagKeys!) role.tags.delete(key);
  return {};
};

export const ListRoleTags: Operation<ListRoleTagsCommandInput, ListRoleTagsCommandOutput> = (input, call) => {
  const { items, end } = listing(tagList(roleOf(call, input.RoleName)), input, (tag) => tag.Key!);
  return { Tags: items, ...end };
};
