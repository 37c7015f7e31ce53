import { describe, expect, it } from 'vitest';
import { Sequence } from '../../../src/load/sequence.ts';

/** What a member that begins after `start` makes of these offsets. */
function take(start: number, ...offsets: number[]) {
  const sequence = new Sequence('e1', start);
  const arrivals = offsets.map((offset) => sequence.take(offset));
  return { arrivals, missing: sequence.missing, position: sequence.position };
}

describe('the offsets of one member', () => {
  it('are each the previous one + 1', () => {
    expect(take(0, 1, 2, 3)).toEqual({ arrivals: ['next', 'next', 'next'], missing: 0, position: 3 });
    expect(take(41, 42)).toEqual({ arrivals: ['next'], missing: 0, position: 42 });
  });

  it('leave a gap missing', () => {
    expect(take(0, 1, 4, 5)).toEqual({ arrivals: ['next', 'skipping', 'next'], missing: 2, position: 5 });
  });

  it('that come late close their gap, once', () => {
    expect(take(0, 2, 1, 1)).toEqual({
      arrivals: ['skipping', 'late', 'duplicate'],
      missing: 0,
      position: 2,
    });
    expect(take(0, 5, 3, 1, 4)).toEqual({
      arrivals: ['skipping', 'late', 'late', 'late'],
      missing: 1,
      position: 5,
    });
  });

  it('that were seen before are duplicates, also those from before the beginning', () => {
    expect(take(3, 4, 4, 2).arrivals).toEqual(['next', 'duplicate', 'duplicate']);
  });

  it('cost the same however large a jump is', () => {
    const { missing } = take(0, 1_000_000_000, 500_000_000);
    expect(missing).toBe(999_999_998);
  });

  it('stay missing when the history starts anew, and cannot be found in the new one', () => {
    const sequence = new Sequence('e1', 0);
    sequence.take(5);
    sequence.restart('e2', 2);
    expect(sequence.missing).toBe(4);
    expect(sequence.take(3)).toBe('next');
    expect(sequence.take(2)).toBe('duplicate');
    expect(sequence.missing).toBe(4);
  });
});
