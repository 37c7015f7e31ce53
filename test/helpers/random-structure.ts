import { requiredMembers } from '../../src/local-cloud/wire/schema.ts';
import type { Shape } from '../../src/local-cloud/wire/schema.ts';

export interface RandomOptions {
  random: () => number;
  /** The protocol is JSON: empty things survive it. The query protocols cannot say that a structure, map or list item is there but empty. */
  json: boolean;
  /** XML answers: a list with an empty value can be written there. EC2's form drops it. */
  emptyLists: boolean;
  /** Whole numbers only: schemas do not tell integers from other numbers, other clients do. */
  integers?: boolean;
}

/** A random number generator (mulberry32) with a seed, for runs that can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random value of a shape, with every required member; undefined where the depth allows none. */
export function randomValue(shape: Shape, options: RandomOptions, depth = 0): unknown {
  if (shape.isUnitSchema()) return {};
  if (shape.isUnionSchema()) return randomUnion(shape, options, depth);
  if (shape.isStructSchema()) return randomStruct(shape, options, depth);
  if (shape.isListSchema()) return randomList(shape, options, depth);
  if (shape.isMapSchema()) return randomMap(shape, options, depth);
  return randomScalar(shape, options);
}

const deepest = 7;

function randomStruct(shape: Shape, options: RandomOptions, depth: number): unknown {
  if (depth > deepest) return undefined;
  const required = new Set(requiredMembers(shape));
  const value: Record<string, unknown> = {};
  const likely = 0.9 / (1 + depth);
  for (const [name, member] of shape.structIterator()) {
    if (!required.has(name) && !member.isIdempotencyToken() && options.random() > likely) continue;
    const part = randomValue(member, options, depth + 1);
    if (part !== undefined) value[name] = part;
  }
  if (options.json || depth === 0 || Object.keys(value).length > 0) return value;
  for (const [name, member] of shape.structIterator()) {
    const part = randomValue(member, { ...options, emptyLists: false }, depth + 1);
    if (part !== undefined) return { [name]: part };
  }
  return undefined;
}

function randomUnion(shape: Shape, options: RandomOptions, depth: number): unknown {
  const members = [...shape.structIterator()];
  const [name, member] = members[Math.floor(options.random() * members.length)]!;
  const value =
    depth > deepest ? undefined : randomValue(member, { ...options, emptyLists: false }, depth + 1);
  return value === undefined ? undefined : { [name]: value };
}

function randomList(shape: Shape, options: RandomOptions, depth: number): unknown {
  const flat = shape.getMergedTraits().xmlFlattened !== undefined;
  const least = options.json || (options.emptyLists && !flat) ? 0 : 1;
  const items = Array.from({ length: least + Math.floor(options.random() * 3) }, () =>
    randomItem(shape.getValueSchema(), options, depth),
  ).filter((item) => item !== undefined);
  return items.length >= least ? items : undefined;
}

function randomMap(shape: Shape, options: RandomOptions, depth: number): unknown {
  const entries = Array.from({ length: 1 + Math.floor(options.random() * 2) }, (_, index) => [
    `${index}.${randomText(options.random)}`,
    randomItem(shape.getValueSchema(), options, depth),
  ]).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function randomItem(shape: Shape, options: RandomOptions, depth: number): unknown {
  const item = randomValue(shape, { ...options, emptyLists: false }, depth + 1);
  return item === '' && !options.json ? 'not empty' : item;
}

function randomScalar(shape: Shape, { random, integers = false }: RandomOptions): unknown {
  if (shape.isBooleanSchema()) return random() < 0.5;
  if (shape.isNumericSchema()) {
    return integers || random() < 0.8 ? Math.floor(random() * 2 ** 40) - 5 : random() * 100;
  }
  if (shape.isBigIntegerSchema()) return BigInt(Math.floor(random() * 2 ** 40));
  if (shape.isTimestampSchema()) return new Date(Math.floor(random() * 2e12));
  if (shape.isBlobSchema())
    return Uint8Array.from({ length: 1 + Math.floor(random() * 20) }, () => random() * 256);
  if (shape.isDocumentSchema()) return { a: [1, 'two', { three: true }] };
  return randomText(random);
}

/** What breaks careless encoders: separators of forms, markup, line ends, blanks at the edges, characters beyond the first plane. */
const pieces = [
  ...`& = + % ; ? # / . , : " ' < > { } [ ] \\`.split(' '),
  'a',
  'Z',
  '0',
  '\n',
  '\r',
  '\t',
  'é',
  '漢',
  '😀',
  '&amp;',
  ']]>',
  '%41',
  'null',
  'true',
  '1.',
  ' ',
];

function randomText(random: () => number): string {
  const length = Math.floor(random() * 8);
  const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('');
  // The SDK's XML parser takes an element with nothing but line ends for an empty one.
  return text.trim() === '' ? text.replaceAll(/[\n\r]/g, ' ') : text;
}
