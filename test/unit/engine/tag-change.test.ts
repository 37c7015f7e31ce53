import { expect, test } from 'vitest';
import { tagChanges } from '../../../src/engine/tag-change.ts';
import { isNoted, noteOf } from '../../../src/engine/tag-note.ts';

const changesOf = (
  found: Parameters<typeof tagChanges>[0],
  wanted: Record<string, string>,
  writer?: string,
) =>
  tagChanges(found, wanted, writer).map(({ path, to, own }) => `${own ? 'note ' : ''}${path} ${String(to)}`);

test('tags that are noted go when they are no longer wanted; what others put there stays', () => {
  const found = { tags: { team: 'chat', stage: 'old', theirs: '1' }, note: 'stage team' };
  expect(changesOf(found, { stage: 'new' })).toEqual(['tags.stage new', 'tags.team undefined']);
  expect(changesOf({ ...found, note: undefined }, {})).toEqual([]);
  expect(changesOf({ tags: undefined }, { stage: 'new' }, '1.0.0')).toEqual([]);
});

test('what goes stays noted until it is gone, so that a run that is stopped in between leaves nothing behind', () => {
  const found = { tags: { team: 'chat' }, note: 'team', version: '1.0.0' };
  expect(changesOf(found, { stage: 'new' }, '1.0.0')).toEqual([
    'tags.stage new',
    'tags.team undefined',
    'note tags.chatops:tags stage team',
  ]);
  const then = { tags: { stage: 'new' }, note: 'stage team', version: '1.0.0' };
  expect(changesOf(then, { stage: 'new' }, '1.0.0')).toEqual(['note tags.chatops:tags stage']);
});

test('the version only rises', () => {
  const found = { tags: {}, version: '1.9.0' };
  expect(changesOf(found, {}, '1.10.0')).toEqual(['note tags.chatops:version 1.10.0']);
  expect(changesOf(found, {}, '1.8.0')).toEqual([]);
});

test.each([
  ['keys that people can read', ['team', 'cost-center', 'a/b'], 'a/b cost-center team'],
  ['keys with spaces', ['cost center', 'cost'], /^=.{10}$/],
  ['a key that looks like a hash', ['=a'], /^=.{5}$/],
  ['as many keys as a resource takes', Array.from({ length: 50 }, (_, i) => `department-${i}`), /^=.{250}$/],
])('a note of %s names them and no others', (_, keys, expected) => {
  const note = noteOf(keys)!;
  if (typeof expected === 'string') expect(note).toBe(expected);
  else expect(note).toMatch(expected);
  for (const key of keys) expect(isNoted(note, key), key).toBe(true);
  for (const other of ['center', 'a', 'tea', 'department-50'])
    expect(isNoted(note, other), other).toBe(false);
});
