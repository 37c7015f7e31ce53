import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../../src/load/back-off.ts';

describe('coming back', () => {
  it('is quick after one cut, and spread', () => {
    expect(backOffMs({ kind: 'closed', code: 1012 }, 0, 0)).toBe(0);
    expect(backOffMs({ kind: 'closed', code: 1012 }, 0, 1)).toBe(500);
  });

  it('is slower where the server is overloaded, and where it says when', () => {
    expect(backOffMs({ kind: 'closed', code: 1013 }, 0, 0)).toBe(500);
    expect(backOffMs({ kind: 'refused', status: 503, retryAfterMs: 2000 }, 0, 0.5)).toBe(2500);
  });

  it('slows down with each failure, up to ten seconds', () => {
    const waits = [1, 2, 3, 10].map((attempt) =>
      backOffMs({ kind: 'failed', reason: 'ECONNREFUSED' }, attempt, 1),
    );
    expect(waits).toEqual([500, 1000, 2000, 10_000]);
  });
});
