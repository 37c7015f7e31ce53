import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/load/histogram.ts';

/** Deterministic numbers from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** The smallest value that a share of all values do not exceed. */
function exactly(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

const shares = [0.01, 0.5, 0.9, 0.99, 0.999, 1];

describe('a histogram', () => {
  it.each([
    ['even', (next: () => number) => next() * 100],
    ['with a long tail', (next: () => number) => 0.2 * Math.exp(next() * 12)],
    ['below a quarter of a millisecond', (next: () => number) => next() * 0.25],
  ])('is within 1 %% of the exact percentiles of latencies that are %s', (_, latency) => {
    const next = random(7);
    const values = Array.from({ length: 20_000 }, () => Math.round(latency(next) * 1000) / 1000);
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    for (const share of shares) {
      const exact = exactly(values, share);
      expect(histogram.percentile(share), `p${share * 100}`).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(histogram.percentile(share), `p${share * 100}`).toBeLessThanOrEqual(exact * 1.01 + 0.001);
    }
    const { max, mean, count } = histogram.percentiles();
    expect(max).toBe(Math.max(...values));
    expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 2);
    expect(count).toBe(20_000);
  });

  it('merges to the same as if one had seen everything', () => {
    const next = random(11);
    const whole = new Histogram();
    const parts = [new Histogram(), new Histogram(), new Histogram()];
    for (let at = 0; at < 9000; at += 1) {
      const value = Math.exp(next() * 10);
      whole.record(value);
      parts[at % 3]!.record(value);
    }
    const merged = new Histogram();
    for (const part of parts) merged.merge(structuredClone(part.toPlain()));
    expect(merged.percentiles()).toEqual(whole.percentiles());
    expect(merged.toPlain()).toEqual(whole.toPlain());
  });

  it('says zero of nothing, and keeps the maximum of what is beyond its buckets', () => {
    const histogram = new Histogram();
    expect(histogram.percentiles()).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
    histogram.record(-5);
    expect(histogram.percentile(1)).toBe(0);
    const threeHours = 3 * 3_600_000;
    histogram.record(threeHours);
    expect(histogram.percentiles().max).toBe(threeHours);
  });

  it('puts the edges of each doubling where they belong', () => {
    for (let power = 0; power < 32; power += 1) {
      for (const us of [2 ** power - 1, 2 ** power, 2 ** power + 1].filter((each) => each < 2 ** 32)) {
        const histogram = new Histogram();
        histogram.record(us / 1000);
        histogram.record(4_294_967.295);
        expect(histogram.percentile(0.5) * 1000, `${us} µs`).toBeGreaterThanOrEqual(us - 1e-6);
        expect(histogram.percentile(0.5) * 1000, `${us} µs`).toBeLessThanOrEqual(us * (1 + 1 / 128) + 1e-6);
      }
    }
  });
});
