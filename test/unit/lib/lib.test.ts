import { describe, expect, it } from 'vitest';
import { closest } from '../../../src/lib/closest.ts';
import { formatDuration, parseDuration } from '../../../src/lib/durations.ts';

describe('durations', () => {
  it.each([
    [0, '0.0s'],
    [9_949, '9.9s'],
    [9_960, '10s'],
    [61_000, '1m 01s'],
    [3_660_000, '1h 01m'],
    [90_000_000, '1d 1h'],
  ])('%d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    ['30', 30_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['soon', '10 m', '-5s', '5x'])('refuses %s', (text) =>
    expect(() => parseDuration(text)).toThrow('must be a duration such as 30s'),
  );
});

describe('the closest word', () => {
  it('finds what was meant', () =>
    expect(closest('idelTimeout', ['port', 'idleTimeout'])).toBe('idleTimeout'));
  it('does not guess wildly', () => expect(closest('zebra', ['port', 'algorithm'])).toBeUndefined());
});
