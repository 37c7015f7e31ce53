import { expect, it } from 'vitest';
import { renderStatus } from '../../../src/output/status-text.ts';
import { at, snapshot } from '../../helpers/snapshots.ts';

const value = {
  limits: { min: 2, max: 6 },
  targets: [
    { metric: 'cpu', target: 60 },
    { metric: 'memory', target: 70 },
  ],
  lastActivity: {
    at: at - 90_000,
    status: 'Successful',
    description: 'Setting desired count to 4.',
    cause: 'monitor alarm TargetTracking-x in state ALARM triggered policy cpu',
  },
};

const lineOf = (scaling: Parameters<typeof snapshot>[0]) =>
  renderStatus(snapshot(scaling))
    .split('\n')
    .find((line) => line.startsWith('scaling'));

it('status says between how many tasks it scales, by what, and what it did last', () => {
  expect(lineOf({ scaling: { age: 0, value } })).toMatch(
    /^scaling +2–6 tasks, cpu at 60%, memory at 70%; 1m 30s ago: Setting desired count to 4 \(monitor alarm TargetTracking-x in state ALARM triggered policy cpu\)$/,
  );
  expect(lineOf({ scaling: { age: 0, value: { ...value, targets: [], lastActivity: undefined } } })).toMatch(
    /^scaling +2–6 tasks$/,
  );
});

it('status says nothing of it where nothing scales, and why where it cannot tell', () => {
  expect(lineOf({})).toBeUndefined();
  const error = { kind: 'denied' as const, message: 'no permission' };
  expect(lineOf({ scaling: { error } })).toMatch(/^scaling +could not be read: no permission$/);
});
