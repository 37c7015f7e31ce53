import { describe, expect, it } from 'vitest';
import {
  decide,
  type Tracked,
} from '../../../src/local-cloud/services/application-autoscaling/target-tracking.ts';

const limits = { min: 1, max: 10 };

function policy(datapoints: number[], change: Partial<Tracked> = {}): Tracked {
  return { target: 50, datapoints, disableScaleIn: false, coolingFrom: undefined, ...change };
}

const minutes = (count: number, value: number) => Array.from({ length: count }, () => value);

/** How many tasks there are to be, from `capacity` on; undefined where nothing is done. */
const next = (capacity: number, ...policies: Tracked[]) => decide(policies, capacity, limits)?.capacity;

describe('target tracking', () => {
  it('scales out after three minutes above the target, in proportion', () => {
    expect(next(2, policy(minutes(2, 90)))).toBeUndefined();
    expect(next(2, policy(minutes(3, 90)))).toBe(4);
    expect(next(2, policy([90, 40, 90, 90]))).toBeUndefined();
    expect(next(2, policy(minutes(3, 50)))).toBeUndefined();
  });

  it('scales in after fifteen minutes below nine tenths of it', () => {
    expect(next(4, policy(minutes(14, 10)))).toBeUndefined();
    expect(next(4, policy(minutes(15, 10)))).toBe(1);
    expect(next(4, policy(minutes(15, 44)))).toBeUndefined();
    expect(next(4, policy(minutes(15, 46)))).toBeUndefined();
    expect(next(4, policy(minutes(15, 30)))).toBe(3);
  });

  it('stays within its limits', () => {
    expect(next(8, policy(minutes(3, 100)))).toBe(10);
    expect(next(10, policy(minutes(3, 100)))).toBeUndefined();
    expect(next(1, policy(minutes(15, 0)))).toBeUndefined();
  });

  it('does as the policy says that wants more, and scales in only when all want fewer', () => {
    const [idle, busy] = [policy(minutes(15, 5)), policy(minutes(15, 80))];
    expect(next(4, idle, busy)).toBe(7);
    expect(next(4, idle, policy(minutes(15, 48)))).toBeUndefined();
    expect(next(4, idle, policy(minutes(15, 20)))).toBe(2);
    expect(next(4, idle, policy([]))).toBeUndefined();
    expect(next(4, policy(minutes(15, 5), { disableScaleIn: true }))).toBeUndefined();
  });

  it('counts what it added a moment ago while that cools down', () => {
    expect(next(4, policy(minutes(3, 90), { coolingFrom: 2 }))).toBeUndefined();
    expect(next(4, policy(minutes(3, 100), { coolingFrom: 3 }))).toBe(6);
  });
});
