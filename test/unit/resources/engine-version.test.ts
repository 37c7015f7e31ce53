import { expect, it } from 'vitest';
import { familyOf, isOlder, satisfies } from '../../../src/resources/elasticache/engine-version.ts';

it.each([
  ['valkey', '8.0', 'valkey8'],
  ['valkey', '7.2', 'valkey7'],
  ['redis', '7.1', 'redis7'],
  ['redis', '6.2', 'redis6.x'],
  ['redis', '5.0.6', 'redis5.0'],
] as const)('%s %s has the parameter family %s', (engine, version, family) => {
  expect(familyOf(engine, version)).toBe(family);
});

it.each([
  ['8.0', '8.0.1', false, true],
  ['8.0', '8.0.1', true, true],
  ['8.0', '8.1.0', true, true],
  ['8.0', '8.1.0', false, false],
  ['8.1', '8.0.1', true, false],
  ['7.2', '8.0.1', true, false],
  ['7.1.0', '7.1.0', false, true],
])('wanted %s, reported %s, minor upgrades %s: fits %s', (wanted, reported, upgrades, fits) => {
  expect(satisfies(wanted, reported, upgrades)).toBe(fits);
});

it('knows the older one of two versions', () => {
  expect(isOlder('7.2', '8.0.1')).toBe(true);
  expect(isOlder('8.10', '8.9')).toBe(false);
  expect(isOlder('8.0', '8.0.0')).toBe(false);
});
