import type { Series } from '../read-model/snapshot.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * The last points of a series as bars, `width` characters wide, the newest at the right edge; a period without a point
 * is a space. `period` is in seconds, `top` the value of a full bar.
 */
export function sparkline(series: Series, { width, period, top }: SparklineOptions): string {
  const newest = series.at(-1)?.at;
  if (newest === undefined || width < 1) return ' '.repeat(Math.max(0, width));
  const cells = Array.from({ length: width }, () => ' ');
  for (const { at, value } of series) {
    const fromRight = Math.round((newest - at) / (period * 1000));
    if (fromRight < width) cells[width - 1 - fromRight] = barOf(value / top);
  }
  return cells.join('');
}

interface SparklineOptions {
  width: number;
  period: number;
  top: number;
}

/** A round value that no point of a series exceeds, so that a quiet line stays low and does not jump with every point. */
export function topOf(series: Series, least = 1): number {
  const highest = Math.max(least, ...series.map(({ value }) => value));
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  return [1, 2.5, 5, 10].map((step) => step * magnitude).find((top) => top >= highest)!;
}

function barOf(share: number): string {
  return bars[Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)))]!;
}
