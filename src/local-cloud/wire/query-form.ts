import { AwsError } from '../operation.ts';
import { readScalar } from './scalar.ts';
import type { Shape } from './schema.ts';

/** A form of the query protocols as a tree: `Filter.1.Name=x` is `Filter` → `1` → `Name` → value `x`. */
export interface FormNode {
  value?: string;
  children: Map<string, FormNode>;
}

/** How the two query protocols differ in naming what they send. */
export interface FormDialect {
  /** Name of a structure's member on the wire. */
  memberKey(name: string, member: Shape): string;
  /** Whether lists are written without a level of their own (`Key.1` instead of `Key.member.1`) whatever the schema says. */
  flatLists: boolean;
}

/** Parses an `application/x-www-form-urlencoded` body. Throws {@link AwsError} `MalformedQueryString`. */
export function parseForm(body: string): FormNode {
  const root: FormNode = { children: new Map() };
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decoded(equals === -1 ? pair : pair.slice(0, equals));
    let node = root;
    for (const part of key.split('.')) node = childOf(node, part);
    node.value = equals === -1 ? '' : decoded(pair.slice(equals + 1));
  }
  return root;
}

/** The value of a schema's shape that a form node carries. Throws {@link AwsError} when a scalar is malformed. */
export function readForm(shape: Shape, node: FormNode, dialect: FormDialect, path = ''): unknown {
  if (shape.isUnitSchema()) return {};
  if (shape.isStructSchema()) {
    const value: Record<string, unknown> = {};
    for (const [name, member] of shape.structIterator()) {
      const key = dialect.memberKey(name, member);
      const child = node.children.get(key);
      if (child !== undefined) value[name] = readForm(member, child, dialect, joined(path, key));
    }
    return value;
  }
  if (shape.isListSchema()) {
    const member = shape.getValueSchema();
    const flat = dialect.flatLists || shape.getMergedTraits().xmlFlattened !== undefined;
    const items = flat ? node : node.children.get(member.getMergedTraits().xmlName ?? 'member');
    return numbered(items).map(([index, item]) => readForm(member, item, dialect, joined(path, index)));
  }
  if (shape.isMapSchema()) {
    const keyName = shape.getKeySchema().getMergedTraits().xmlName ?? 'key';
    const valueName = shape.getValueSchema().getMergedTraits().xmlName ?? 'value';
    const flat = shape.getMergedTraits().xmlFlattened !== undefined;
    const entries = numbered(flat ? node : node.children.get('entry')).map(([index, entry]) => {
      const value = entry.children.get(valueName) ?? { value: '', children: new Map() };
      return [
        entry.children.get(keyName)?.value ?? '',
        readForm(shape.getValueSchema(), value, dialect, joined(path, index)),
      ] as const;
    });
    return Object.fromEntries(entries);
  }
  return readScalar(shape, node.value ?? '', path);
}

function childOf(node: FormNode, part: string): FormNode {
  let child = node.children.get(part);
  if (child === undefined) {
    child = { children: new Map() };
    node.children.set(part, child);
  }
  return child;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new AwsError('MalformedQueryString', 'The query string is malformed.');
  }
}

function numbered(node: FormNode | undefined): [string, FormNode][] {
  return [...(node?.children ?? [])]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b));
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
