import type { Filter, ResourceType, TagSpecification } from '@aws-sdk/client-ec2';
import type { Found, Scope } from '../../engine/resource.ts';
import { noteTag } from '../../engine/tag-note.ts';

/** A tag as most services write it. */
interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** A tag as ECS writes it. */
interface LowerCaseTag {
  key?: string | undefined;
  value?: string | undefined;
}

/** Tags as most services take them. */
export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as ECS takes them. */
export function lowerCaseTagList(tags: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Tags as the creating calls of EC2 take them. */
export function tagSpecifications(type: ResourceType, tags: Record<string, string>): TagSpecification[] {
  return [{ ResourceType: type, Tags: tagList(tags) }];
}

/** The filter of EC2's Describe calls for everything that belongs to a stack. */
export function ownedBy(scope: Scope): Filter[] {
  return [{ Name: 'tag:chatops:stack', Values: [scope.stack] }];
}

/** Tags in any of the forms in which AWS gives them. */
export type Tags = readonly (Tag & LowerCaseTag)[] | Readonly<Record<string, string>> | undefined;

/** Something of a listing, with the tags that say whose it is. */
export interface Candidate<Attrs> {
  tags: Tags;
  /** What AWS calls it. */
  ref: string;
  attrs: Attrs;
}

/** The candidates whose tags say that they are this stack's; the others are left out. */
export function owned<Attrs>(scope: Scope, candidates: readonly Candidate<Attrs>[]): Found<Attrs>[] {
  return candidates.flatMap(({ tags, ref, attrs }) => {
    const all = recordOf(tags);
    const { 'chatops:stack': stack, 'chatops:id': id, 'chatops:version': version, [noteTag]: note } = all;
    if (stack !== scope.stack || id === undefined) return [];
    return [{ id, ref, version, attrs, tags: userTags(all), note }];
  });
}

/** Without the tags that say whose it is, the name that chatops gives, and those of AWS itself. */
function userTags(tags: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => key !== 'Name' && !/^(aws|chatops):/i.test(key))
      .map(([key, value]) => [key, value ?? '']),
  );
}

function recordOf(tags: Tags): Readonly<Record<string, string | undefined>> {
  if (!Array.isArray(tags)) return (tags ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    tags.map((tag: Tag & LowerCaseTag) => [tag.Key ?? tag.key, tag.Value ?? tag.value]),
  );
}
