import type { Change } from '../../engine/resource.ts';

type Action = Change['action'];

/** No change, or the one change from `from` to `to`; the order of an object's keys and keys without a value do not count. */
export function compare(path: string, from: unknown, to: unknown, action: Action = 'update'): Change[] {
  return canonical(from) === canonical(to) ? [] : [{ path, from, to, action }];
}

/** The changes of each field that is named in `actions`, under the field's own name. */
export function compareFields<Props extends object>(
  desired: Props,
  current: { [Field in keyof Props]?: Props[Field] | undefined },
  actions: Partial<Record<keyof Props & string, Action>>,
): Change[] {
  return Object.entries(actions).flatMap(([field, action]) =>
    compare(field, current[field as keyof Props], desired[field as keyof Props], action as Action),
  );
}

/** Like {@link compare}, for lists whose order has no meaning; the change shows both sorted. */
export function compareSet(
  path: string,
  from: readonly unknown[] | undefined,
  to: readonly unknown[],
  action: Action = 'update',
): Change[] {
  return compare(path, from && sorted(from), sorted(to), action);
}

/** One change per key that is wanted and differs: what AWS sets besides is AWS's own business. */
export function compareWanted<Value>(
  path: string,
  from: Readonly<Record<string, Value>>,
  to: Readonly<Record<string, Value>>,
): Change[] {
  return Object.entries(to).flatMap(([key, value]) => compare(`${path}.${key}`, from[key], value));
}

/** One change per key that differs or should not be there: the whole record is ours. */
export function compareRecord<Value>(
  path: string,
  from: Readonly<Record<string, Value>>,
  to: Readonly<Record<string, Value>>,
): Change[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key) => compare(`${path}.${key}`, from[key], to[key]));
}

/** What has to be added to and removed from `from` so that it holds the same as `to`, whatever the order. */
export function setDifference<Item>(
  from: readonly Item[],
  to: readonly Item[],
): { added: Item[]; removed: Item[] } {
  const has = new Set(from.map(canonical));
  const wants = new Set(to.map(canonical));
  return {
    added: to.filter((item) => !has.has(canonical(item))),
    removed: from.filter((item) => !wants.has(canonical(item))),
  };
}

/** Whether any of the changes is about `path` or something below it. */
export function touches(changes: readonly Change[], ...paths: string[]): boolean {
  return changes.some((change) =>
    paths.some((path) => change.path === path || change.path.startsWith(`${path}.`)),
  );
}

function sorted(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
