import { describe, expect, it } from 'vitest';
import { requireOpenFiles } from '../../../src/load/limits.ts';

describe('the open-file limit', () => {
  it('lets through what fits', () => {
    expect(() => requireOpenFiles(39_920, 2, 20_000)).not.toThrow();
    expect(() => requireOpenFiles(1_000_000, 1, Infinity)).not.toThrow();
  });

  it('refuses more, with the possible number and a way out', () => {
    expect(() => requireOpenFiles(50_000, 2, 20_000)).toThrow(
      expect.objectContaining({
        exit: 2,
        message: 'the open-file limit (20000 for each process) allows 39920 clients in 2 workers, not 50000',
        hint: 'raise it with `ulimit -n 25040`, or use --clients 39920, or --workers 3',
        fields: { possible: 39_920, limit: 20_000, workers: 2 },
      }),
    );
  });
});
