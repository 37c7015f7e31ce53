import { expect, test } from 'vitest';

import { backOffOf } from '../../../src/local-cloud/services/ecs/scheduler/back-off.ts';
import { failureThreshold } from '../../../src/local-cloud/services/ecs/scheduler/circuit-breaker.ts';

test('the circuit breaker opens at half of what is desired, between 3 and 200', () => {
  const breaker = { enable: true, rollback: true };
  expect([1, 6, 7, 100, 1000].map((desired) => failureThreshold(breaker, desired))).toEqual([
    3, 3, 4, 50, 200,
  ]);
});

test('its threshold can be a count or an unbounded share', () => {
  const of = (type: 'COUNT' | 'UNBOUNDED_PERCENT' | 'BOUNDED_PERCENT', value: number) => ({
    enable: true,
    rollback: true,
    thresholdConfiguration: { type, value },
  });
  expect(failureThreshold(of('COUNT', 1), 50)).toBe(1);
  expect(failureThreshold(of('UNBOUNDED_PERCENT', 50), 1000)).toBe(500);
  expect(failureThreshold(of('BOUNDED_PERCENT', 10), 100)).toBe(10);
});

test('the first failure is replaced at once, further ones later and later up to five minutes', () => {
  expect([1, 2, 3, 4, 30].map((failures) => backOffOf(failures))).toEqual([0, 1000, 2000, 4000, 300_000]);
});
