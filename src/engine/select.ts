import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { AnyKind, Change, Found, LogicalId } from './resource.ts';
import { tagChanges } from './tag-change.ts';
import type { UserTags } from './tag-change.ts';

/** Which of the resources that carry a node's id is the one, and how it differs from what is wanted. */
export interface Selection {
  /** Undefined when there is none, or (create-first kinds) none that could be updated into what is wanted. */
  current?: Found<unknown>;
  /** Differences of `current`, or of the newest superseded one. */
  changes: Change[];
  /** Create-first kinds: what the current one takes the place of. */
  superseded: Found<unknown>[];
}

/** What is wanted of one resource: its properties, and the tags of the user's own. */
export interface Wanted {
  props: unknown;
  tags: UserTags;
  /** The version that writes; undefined where notes of this tool for itself are left as they are. */
  writer: string | undefined;
}

/** Picks among everything that `find` returned; throws when a resource exists twice and nothing says which one counts. */
export function select<Cloud>(
  kind: AnyKind<Cloud>,
  id: LogicalId,
  wanted: Wanted,
  found: readonly Found<unknown>[],
): Selection {
  const own = found.filter((one) => one.id === id);
  if (kind.createFirst) return selectNewest(kind, wanted, own);
  if (own.length > 1) throw doubled(kind.type, id, own);
  const [current] = own;
  return { current, changes: current ? differences(kind, wanted, current) : [], superseded: [] };
}

/** What `diff` says, with the values of secret properties marked, and then what differs in the tags. */
function differences<Cloud>(kind: AnyKind<Cloud>, wanted: Wanted, current: Found<unknown>): Change[] {
  return [
    ...kind
      .diff(wanted.props, current.attrs)
      .map((change) => (isSecret(kind, change.path) ? { ...change, secret: true } : change)),
    ...(kind.tag === undefined ? [] : tagChanges(current, wanted.tags, wanted.writer)),
  ];
}

/** Whether the values at a path must not be shown. */
export function isSecret<Cloud>(kind: AnyKind<Cloud>, path: string): boolean {
  return (kind.secrets ?? []).some((secret) => path === secret || path.startsWith(`${secret}.`));
}

/** Whether any of the changes cannot be made in place. */
export function needsReplacing(changes: readonly Change[]): boolean {
  return changes.some((change) => change.action === 'replace');
}

/** The paths of the changes that cannot be made in place. */
export function replacingPaths(changes: readonly Change[]): string[] {
  return changes.filter((change) => change.action === 'replace').map((change) => change.path);
}

function selectNewest<Cloud>(kind: AnyKind<Cloud>, wanted: Wanted, own: Found<unknown>[]): Selection {
  const newestFirst = own.toReversed().map((one) => ({ one, changes: differences(kind, wanted, one) }));
  const fitting = newestFirst.find(({ changes }) => !needsReplacing(changes));
  return {
    current: fitting?.one,
    changes: (fitting ?? newestFirst[0])?.changes ?? [],
    superseded: own.filter((one) => one !== fitting?.one),
  };
}

function doubled(type: string, id: LogicalId, own: Found<unknown>[]): ChatopsError {
  const refs = own.map((one) => one.ref ?? JSON.stringify(one.attrs));
  return new ChatopsError(`${id} exists ${own.length} times: ${refs.join(', ')}`, {
    code: 'engine.double',
    exit: ExitCode.failed,
    hint: `delete the ${type} that nothing refers to, then run the same command again`,
    fields: { id, type, refs },
  });
}
