import { describe, expect, it } from 'vitest';
import {
  compare,
  compareFields,
  compareRecord,
  compareSet,
  compareWanted,
  setDifference,
  touches,
} from '../../../src/resources/shared/compare.ts';

describe('compare', () => {
  it('sees no change in the order of keys or in keys without a value', () => {
    const from = { b: [{ y: 1, x: undefined }], a: 'one' };
    expect(compare('policy', from, { a: 'one', b: [{ y: 1 }] })).toEqual([]);
  });

  it('sees the order of a list, a number that became a text, and a value that is gone', () => {
    expect(compare('list', [1, 2], [2, 1])).toHaveLength(1);
    expect(compare('port', 80, '80')).toHaveLength(1);
    expect(compare('user', 'node', undefined, 'replace')).toEqual([
      { path: 'user', from: 'node', to: undefined, action: 'replace' },
    ]);
  });
});

it('compares only the fields that it is told, each with its own consequence', () => {
  const changes = compareFields(
    { cidr: '10.0.0.0/16', names: true, note: 'x' },
    { cidr: '10.1.0.0/16', names: false, note: 'y' },
    { cidr: 'replace', names: 'update' },
  );
  expect(changes.map(({ path, action }) => `${action} ${path}`)).toEqual(['replace cidr', 'update names']);
});

it('a set has no order, but every member counts', () => {
  const [web, ssh] = [{ port: 80 }, { port: 22 }];
  expect(compareSet('rules', [web, ssh], [ssh, web])).toEqual([]);
  expect(compareSet('rules', [web, ssh], [web])).toEqual([
    { path: 'rules', from: [ssh, web], to: [web], action: 'update' },
  ]);
});

it('of what is wanted, AWS may have more; of what is ours, it may not', () => {
  const [from, to] = [{ idle: '60', http2: 'true' }, { idle: '300' }];
  expect(compareWanted('attributes', from, to).map(({ path }) => path)).toEqual(['attributes.idle']);
  expect(compareRecord('parameters', from, to).map(({ path }) => path)).toEqual([
    'parameters.http2',
    'parameters.idle',
  ]);
});

it('says what has to be added and removed', () => {
  const difference = setDifference([{ a: 1, b: 2 }, { a: 3 }], [{ b: 2, a: 1 }, { a: 4 }]);
  expect(difference).toEqual({ added: [{ a: 4 }], removed: [{ a: 3 }] });
});

it('a change touches its path and what that is part of, not what begins alike', () => {
  const changes = compareRecord('attributes', { idle: '60' }, { idle: '300' });
  expect(touches(changes, 'attributes')).toBe(true);
  expect(touches(changes, 'attributes.idle')).toBe(true);
  expect(touches(changes, 'attr', 'healthCheck')).toBe(false);
});
