import { expect, it } from 'vitest';
import { describeIssues } from '../../../src/config/issues.ts';
import { configSchema } from '../../../src/config/schema.ts';

function problemsOf(network: object): string[] {
  const { error } = configSchema.safeParse({ network });
  return error === undefined ? [] : describeIssues(error, { network }, (path) => path);
}

it('gives private tasks one NAT gateway, where nothing else is said', () => {
  const natOf = (network: object) => configSchema.parse({ network }).network.nat;
  expect(natOf({})).toBe('none');
  expect(natOf({ tasks: 'private' })).toBe('one');
  expect(natOf({ tasks: 'private', nat: 'per-zone' })).toBe('per-zone');
  expect(natOf({ tasks: 'private', endpoints: true })).toBe('none');
});

it.each([
  [{ nat: 'one' }, 'network.nat: has a meaning only where network.tasks is "private", is "one"'],
  [{ endpoints: true }, 'network.endpoints: has a meaning only where network.tasks is "private", is true'],
  [
    { tasks: 'private', nat: 'one', endpoints: true },
    'network.endpoints: takes the place of network.nat: choose one of them, is true',
  ],
  [
    { tasks: 'private', nat: 'none' },
    'network.nat: must be "one" or "per-zone" where tasks are private, unless network.endpoints is true, is "none"',
  ],
])('refuses %j', (network, problem) => {
  expect(problemsOf(network)).toEqual([problem]);
});
