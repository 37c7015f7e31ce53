import { describe, expect, test } from 'vitest';
import { RateLimit } from '../../chat-server/src/session/rate-limit.ts';

const rates = { rateLimit: 20, rateBurst: 100 };

describe('the allowance of a connection', () => {
  test('a burst passes, as much again is refused, and then it is over', () => {
    const limit = new RateLimit(rates, 0);
    const verdicts = Array.from({ length: 201 }, () => limit.take(0));
    expect(verdicts.slice(0, 100)).not.toContain('refuse');
    expect(new Set(verdicts.slice(100, 200))).toEqual(new Set(['refuse']));
    expect(verdicts[200]).toBe('close');
  });

  test('it comes back with time, up to a burst', () => {
    const limit = new RateLimit(rates, 0);
    for (let n = 0; n < 101; n++) limit.take(0);
    expect(limit.take(100)).toBe('pass');
    expect(limit.take(100)).toBe('refuse');
    for (let n = 0; n < 100; n++) expect(limit.take(60_000)).toBe('pass');
    expect(limit.take(60_000)).toBe('refuse');
  });

  test('a clock that is set back costs nothing', () => {
    const limit = new RateLimit(rates, 3_600_000);
    expect(limit.take(0)).toBe('pass');
    expect(limit.take(50)).toBe('pass');
  });
});
