/** A histogram between processes: the counts of its non-empty buckets, and exact extremes, in microseconds. */
export interface PlainHistogram {
  buckets: [index: number, count: number][];
  count: number;
  sum: number;
  max: number;
}

/** Milliseconds below which a share of the values lies. */
export interface Percentiles {
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

// 256 exact values, then 128 buckets for each doubling: no value is off by more than 1/128 of itself.
const exact = 256;
const perOctave = 128;
const largest = 2 ** 32 - 1;
const bucketCount = indexOf(largest) + 1;

/** Latencies in log-linear buckets: merges without loss, 27 KB however many values there are (beyond 71 minutes only the maximum stays exact). */
export class Histogram {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Takes a latency in milliseconds; a negative one counts as zero. */
  record(ms: number): void {
    const us = Math.max(0, Math.round(ms * 1000));
    this.#counts[indexOf(Math.min(us, largest))]! += 1;
    this.#count += 1;
    this.#sum += us;
    if (us > this.#max) this.#max = us;
  }

  merge(other: PlainHistogram): void {
    for (const [index, count] of other.buckets) this.#counts[index]! += count;
    this.#count += other.count;
    this.#sum += other.sum;
    this.#max = Math.max(this.#max, other.max);
  }

  /** The smallest latency in milliseconds that `share` (0 to 1) of the values do not exceed; 0 when there is none. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let index = 0; index < bucketCount; index += 1) {
      seen += this.#counts[index]!;
      // What is in a bucket is not larger than its upper edge, nor than the largest of all.
      if (seen >= rank) return Math.min(upperEdge(index), this.#max) / 1000;
    }
    return this.#max / 1000;
  }

  percentiles(): Percentiles {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : Math.round(this.#sum / this.#count) / 1000,
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p99: this.percentile(0.99),
      p999: this.percentile(0.999),
      max: this.#max / 1000,
    };
  }

  toPlain(): PlainHistogram {
    const buckets: PlainHistogram['buckets'] = [];
    for (const [index, count] of this.#counts.entries()) if (count > 0) buckets.push([index, count]);
    return { buckets, count: this.#count, sum: this.#sum, max: this.#max };
  }
}

function indexOf(us: number): number {
  if (us < exact) return us;
  const shift = 24 - Math.clz32(us);
  return exact + (shift - 1) * perOctave + ((us >>> shift) - perOctave);
}

function upperEdge(index: number): number {
  if (index < exact) return index;
  const shift = Math.floor((index - exact) / perOctave) + 1;
  const scaled = ((index - exact) % perOctave) + perOctave;
  return (scaled + 1) * 2 ** shift - 1;
}
