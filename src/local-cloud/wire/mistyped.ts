import type { Shape } from './schema.ts';

/** Says what is wrong with the first value of a JSON document that is not of its member's type (`name: a number where a string is expected`), or undefined. */
export function mistyped(shape: Shape, value: unknown, path = ''): string | undefined {
  if (value === undefined || value === null) return undefined;
  const expected = expectedType(shape);
  const actual = Array.isArray(value) ? 'list' : typeof value;
  if (expected !== undefined && actual !== expected) {
    return `${path}: a ${actual} where a ${expected} is expected`;
  }
  for (const [key, member, item] of partsOf(shape, value)) {
    const below = mistyped(member, item, path === '' ? key : `${path}.${key}`);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** Undefined for what may come in several forms: timestamps, blobs, documents, numbers that are written out. */
function expectedType(shape: Shape): string | undefined {
  if (shape.isStructSchema() || shape.isMapSchema()) return 'object';
  if (shape.isListSchema()) return 'list';
  if (shape.isStringSchema()) return 'string';
  if (shape.isBooleanSchema()) return 'boolean';
  if (shape.isNumericSchema()) return 'number';
  return undefined;
}

function partsOf(shape: Shape, value: unknown): [key: string, member: Shape, item: unknown][] {
  if (shape.isStructSchema()) {
    const struct = value as Record<string, unknown>;
    return [...shape.structIterator()].map(([name, member]) => [name, member, struct[name]]);
  }
  if (shape.isListSchema()) {
    return (value as unknown[]).map((item, index) => [String(index), shape.getValueSchema(), item]);
  }
  if (shape.isMapSchema()) {
    return Object.entries(value as object).map(([key, item]) => [key, shape.getValueSchema(), item]);
  }
  return [];
}
