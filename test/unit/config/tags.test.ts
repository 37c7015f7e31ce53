import { expect, it } from 'vitest';
import { describeIssues } from '../../../src/config/issues.ts';
import { configSchema } from '../../../src/config/schema.ts';

function problemsOf(tags: unknown): string[] {
  const { error } = configSchema.safeParse({ tags });
  return error === undefined ? [] : describeIssues(error, { tags }, (path) => path);
}

it('takes what every service of AWS takes', () => {
  expect(
    problemsOf({ team: 'chat', 'cost-center': '4 2', 'a/b:c=d+e@f.g_h': '', Équipe: 'x'.repeat(255) }),
  ).toEqual([]);
  const most = Object.fromEntries(Array.from({ length: 44 }, (_, index) => [`tag-${index}`, '']));
  expect(problemsOf(most)).toEqual([]);
  expect(problemsOf({ ...most, more: '' })).toEqual([
    expect.stringMatching(/^tags: must be at most 44 tags/),
  ]);
});

it.each([
  [{ 'aws:owner': 'x' }, /^tags.*: tags that begin with "aws:" or "chatops:" are reserved/],
  [{ 'ChatOps:id': 'x' }, /^tags.*: tags that begin with "aws:" or "chatops:" are reserved/],
  [{ Name: 'x' }, /^tags.*: the tag "Name" is given by chatops/],
  [{ ['k'.repeat(128)]: 'x' }, /^tags.*: the key of a tag must be at most 127 characters/],
  [{ 'a,b': 'x' }, /^tags.*: the key of a tag may have letters/],
  [{ team: 'x'.repeat(256) }, /^tags.team: must be at most 255 characters/],
  [{ team: 'a;b' }, /^tags.team: may have letters/],
  [{ team: 1 }, /^tags.team: must be a string/],
  [{ Team: 'x', team: 'y' }, /^tags: must not have two keys that differ only in upper and lower case/],
])('refuses %j', (tags, problem) => {
  expect(problemsOf(tags)).toEqual([expect.stringMatching(problem)]);
});
