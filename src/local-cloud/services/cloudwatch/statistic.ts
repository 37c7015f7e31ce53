import type { StatisticSet } from './state.ts';
import { combined } from './state.ts';

/** The statistics that follow from a {@link StatisticSet}: all but the percentiles. */
export const statistics: Record<string, ((set: StatisticSet) => number) | undefined> = {
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  SampleCount: ({ count }) => count,
};

/** Points of `from` to `to` (milliseconds) put together per period (seconds), the youngest first. */
export function byPeriod(points: StatisticSet[], period: number, from: number, to: number): StatisticSet[] {
  const ms = period * 1000;
  const periods = new Map<number, StatisticSet>();
  for (const point of points) {
    const at = Math.floor(point.at / ms) * ms;
    if (at < Math.floor(from / ms) * ms || at >= to) continue;
    const before = periods.get(at);
    periods.set(at, { ...(before === undefined ? point : combined(before, point)), at });
  }
  return [...periods.values()].toReversed();
}
