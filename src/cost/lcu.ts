import type { Traffic } from './traffic.ts';

/** One measure of a load balancer's use. */
export interface Measure {
  name: string;
  /** LCUs that it comes to. */
  lcus: number;
  /** The arithmetic: `1,000 active connections / 3,000`. */
  how: string;
}

/** What one LCU holds (https://aws.amazon.com/elasticloadbalancing/pricing/). */
const oneLcu = { newConnectionsPerSecond: 25, activeConnections: 3000, gbPerHour: 1, ruleEvaluations: 1000 };

/** The four measures, the largest first: that one alone is charged. */
export function lcusOf(traffic: Traffic): Measure[] {
  const measure = (name: string, value: number, unit: string, holds: number): Measure => ({
    name,
    lcus: value / holds,
    how: `${round(value)} ${unit} / ${round(holds)}`,
  });
  return [
    measure(
      'new connections',
      traffic.newConnectionsPerSecond,
      'new connections a second',
      oneLcu.newConnectionsPerSecond,
    ),
    measure('active connections', traffic.activeConnections, 'active connections', oneLcu.activeConnections),
    measure('bytes', traffic.gbPerHour, 'GB an hour', oneLcu.gbPerHour),
    measure('rules', traffic.ruleEvaluationsPerSecond, 'rule evaluations a second', oneLcu.ruleEvaluations),
  ].toSorted((a, b) => b.lcus - a.lcus);
}

/** At most two digits after the point, with commas: `3,000`, `0.28`. */
export function round(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
