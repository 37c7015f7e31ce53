import type { Change, TagChange } from './resource.ts';

/** Tags of the user's own by key. */
export type UserTags = Readonly<Record<string, string>>;

const prefix = 'tags.';

/** One change per tag that is missing, differs or should not be there: the whole set is ours. None where it is not known what is there. */
export function tagChanges(from: UserTags | undefined, to: UserTags): Change[] {
  if (from === undefined) return [];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys
    .filter((key) => from[key] !== to[key])
    .map((key) => ({ path: `${prefix}${key}`, from: from[key], to: to[key], action: 'update' }));
}

/** The changes that are about properties, and what the others mean for the tags; undefined where they mean nothing. */
export function splitTags(changes: readonly Change[]): { others: Change[]; tags: TagChange | undefined } {
  const isTag = ({ path }: Change) => path.startsWith(prefix);
  const about = changes.filter(isTag);
  const keyOf = ({ path }: Change) => path.slice(prefix.length);
  return {
    others: changes.filter((change) => !isTag(change)),
    tags:
      about.length === 0
        ? undefined
        : {
            set: Object.fromEntries(
              about.filter(({ to }) => to !== undefined).map((change) => [keyOf(change), String(change.to)]),
            ),
            remove: about.filter(({ to }) => to === undefined).map(keyOf),
          },
  };
}
