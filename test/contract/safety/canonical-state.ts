import type { LocalCloud } from '../../../src/local-cloud/cloud.ts';

/**
 * Everything that a local cloud holds, as plain data that two runs can be compared by: what carries a logical id is
 * called by it, other ids, times, addresses and counters are blotted out, order means nothing, and what is deleted
 * is not there. A resource that stands twice is there twice.
 */
export function canonicalState({ states }: LocalCloud): unknown {
  const kept = [...states].filter(([key]) => !notResources.has(key));
  const names = new Map<string, string>();
  for (const [, state] of kept) collectNames(state, names);
  const replacements = [...names].toSorted(([one], [other]) => other.length - one.length);
  const nameOf = (text: string) =>
    blots.reduce(
      (blotted, [pattern, by]) => blotted.replace(pattern, by),
      replacements.reduce((named, [id, name]) => named.replaceAll(id, name), text),
    );
  const all = kept.map(([key, state]) => [key, plain(state, nameOf)] as const);
  return Object.fromEntries(all.filter(([, state]) => !isEmpty(state)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmpty);
}

const notResources = new Set(['faults', 'call-count', 'ecr-authorization', 'task-credentials']);

/** Members that tell what happened, not what is. */
const history = new Set([
  'events',
  'revisions',
  'serviceDeployments',
  'deployments',
  'addressesGiven',
  'version',
  'Version',
  'streams',
  'sequenceToken',
  'steady',
  'wasHealthy',
  'reported',
  'backOff',
  'zone',
  'revision',
  'uploads',
  'versions',
  'history',
  'startedWith',
  'nextPriority',
  'tasks',
  'networkInterfaces',
  'RoleLastUsed',
  'changes',
  'StateValue',
  'StateReason',
  'StateReasonData',
]);

const blots: [RegExp, string][] = [
  [/\b([a-z]+(?:-[a-z]+)*)-0?[0-9a-f]{16,17}\b/g, '$1-#'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '#'],
  [/\/[0-9a-f]{16}\b/g, '/#'],
  [/\b[0-9a-f]{21,34}\b/g, '#'],
  [/-----BEGIN [\s\S]+-----/g, 'pem'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'],
  [/\bA(RO|ID)A[A-Z0-9]{8,}\b/g, '#'],
  [/\b127\.\d+\.\d+\.\d+(:\d+)?/g, 'local-address'],
  [/\b10\.\d+\.\d+\.\d+(?!\/)\b/g, 'private-address'],
  [/-[0-9a-f]{6}(?=$|\/)/g, '-#'],
  [/(:task-definition\/[\w-]+|^[\w-]+):\d+$/g, '$1:#'],
  [/\d{13,}/g, '#'],
  // A rotation, and the version of the parameter.
  [/^(\d+)@\d+$/g, '$1@#'],
];

function collectNames(value: unknown, names: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Map) {
    for (const [key, item] of value as Map<unknown, unknown>) {
      const id = logicalIdOf(item);
      if (id !== undefined && typeof key === 'string' && random.test(key)) names.set(key, `<${id}>`);
      collectNames(item, names);
    }
  } else for (const item of Object.values(value)) collectNames(item, names);
}

const random = /[0-9a-f]{16,17}$/;

function logicalIdOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Tags, tags } = value as { Tags?: unknown; tags?: unknown };
  const all = Tags ?? tags;
  if (!Array.isArray(all)) return undefined;
  const tag = (all as Record<string, string>[]).find(({ Key, key }) => (Key ?? key) === 'chatops:id');
  return tag?.['Value'] ?? tag?.['value'];
}

function plain(value: unknown, nameOf: (text: string) => string): unknown {
  if (typeof value === 'string') return nameOf(value);
  // Times, and what counts milliseconds.
  if (value instanceof Date || (typeof value === 'number' && value > 1e12)) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  const below = (item: unknown) => plain(item, nameOf);
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)].filter(([, item]) => !isGone(item));
    return sorted(entries.map(([key, item]) => [below(key), below(item)]));
  }
  if (value instanceof Set) return sorted([...(value as Set<unknown>)].map(below));
  if (Array.isArray(value)) return sorted((value as unknown[]).filter((item) => !isGone(item)).map(below));
  const members = Object.entries(value)
    .filter(([name]) => !history.has(name))
    .map(([name, item]) => [nameOf(name), below(item)] as const)
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(members.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function sorted(items: unknown[]): unknown[] {
  const keyed = items.map((item) => [JSON.stringify(item) ?? '', item] as const);
  return keyed.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

/** Deleted, or a target that only waits for its connections to end. */
function isGone(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { status, Status, lastStatus, draining } = value as Record<string, unknown>;
  return (
    draining === true ||
    ['INACTIVE', 'DELETED', 'STOPPED', 'deleted'].includes(String(lastStatus ?? status ?? Status))
  );
}
