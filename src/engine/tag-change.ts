import type { Change, Found, TagChange } from './resource.ts';
import { isNoted, noteOf, noteTag } from './tag-note.ts';
import { newest } from './version.ts';

/** Tags of the user's own by key. */
export type UserTags = Readonly<Record<string, string>>;

const prefix = 'tags.';

/**
 * One change per tag that is missing or differs, and per tag that chatops set and that is no longer wanted; what others
 * put there stays. With a version, chatops's own notes as well. None where it is not known what is there.
 */
export function tagChanges(
  { tags, note, version }: Pick<Found<unknown>, 'tags' | 'note' | 'version'>,
  wanted: UserTags,
  writer: string | undefined,
): Change[] {
  if (tags === undefined) return [];
  const goes = Object.keys(tags).filter((key) => !Object.hasOwn(wanted, key) && isNoted(note, key));
  const differs = Object.keys(wanted).filter((key) => tags[key] !== wanted[key]);
  const changes = [...differs, ...goes].sort().map((key) => change(key, tags[key], wanted[key]));
  if (writer === undefined) return changes;
  const own = [
    // What goes stays noted until it is gone: a run can be stopped in between.
    change(noteTag, note, noteOf([...Object.keys(wanted), ...goes])),
    change('chatops:version', version, newest([version, writer])),
  ];
  return [...changes, ...own.filter(({ from, to }) => from !== to).map((one) => ({ ...one, own: true }))];
}

function change(key: string, from: string | undefined, to: string | undefined): Change {
  return { path: `${prefix}${key}`, from, to, action: 'update' };
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
