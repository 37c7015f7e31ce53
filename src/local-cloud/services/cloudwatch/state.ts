import type { Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';

/** The values of one metric within one second, or one minute: what every statistic but the percentiles follows from. */
export interface StatisticSet {
  /** Start of the second or minute, in milliseconds since 1970. */
  at: number;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
}

export interface MetricState {
  namespace: string;
  name: string;
  /** In the order of their names. */
  dimensions: Dimension[];
  unit: string | undefined;
  /** Oldest first; at most those of the last {@link keptMs}. */
  points: StatisticSet[];
}

/** What names a metric. */
export type MetricName = Pick<MetricState, 'namespace' | 'name' | 'dimensions'>;

/** An alarm as DescribeAlarms shows it, and its tags. */
export interface AlarmState extends MetricAlarm {
  AlarmName: string;
  AlarmActions: string[];
  tags: Map<string, string>;
}

export interface DashboardState {
  name: string;
  arn: string;
  /** The JSON text that was put. */
  body: string;
  modifiedAt: Date;
  tags: Map<string, string>;
}

/** Everything that CloudWatch keeps for one region: metrics by their key, alarms by their name. */
export interface CloudWatchState {
  metrics: Map<string, MetricState>;
  alarms: Map<string, AlarmState>;
}

/** How long points are kept, in milliseconds: as on AWS for those of less than a minute. */
export const keptMs = 3 * 3600_000;

/** CloudWatch's state of the region of a call. */
export const cloudWatch: (place: { cloud: LocalCloud; region: string }) => CloudWatchState =
  store<CloudWatchState>('cloudwatch', () => ({ metrics: new Map(), alarms: new Map() }));

/** Dashboards by name: all regions of an account share them. */
export const dashboards: (place: { cloud: LocalCloud; region: string }) => Map<string, DashboardState> =
  store<Map<string, DashboardState>>('cloudwatch-dashboards', () => new Map(), 'global');

/** The metric of that name, or undefined while nothing was recorded under it. */
export function findMetric({ metrics }: CloudWatchState, name: MetricName): MetricState | undefined {
  return metrics.get(keyOf(name));
}

/** Adds values to a metric; what comes for the same second is put together. Old points, and metrics without any, go. */
export function record(
  { metrics }: CloudWatchState,
  name: MetricName & { unit?: string | undefined },
  values: StatisticSet,
  now: number,
): void {
  const key = keyOf(name);
  let metric = metrics.get(key);
  if (metric === undefined) {
    const dimensions = name.dimensions.toSorted(byName);
    metric = { namespace: name.namespace, name: name.name, dimensions, unit: name.unit, points: [] };
    metrics.set(key, metric);
    for (const [other, { points }] of metrics) {
      if (other !== key && (points.at(-1)?.at ?? 0) < now - keptMs) metrics.delete(other);
    }
  }
  while ((metric.points[0]?.at ?? Infinity) < now - keptMs) metric.points.shift();
  const after = metric.points.findLastIndex(({ at }) => at <= values.at);
  const same = metric.points[after];
  if (same?.at === values.at) metric.points[after] = combined(same, values);
  else metric.points.splice(after + 1, 0, values);
}

/** Two sets as one. */
export function combined(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    at: one.at,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}

/** One value as a set. */
export function single(at: number, value: number): StatisticSet {
  return { at, count: 1, sum: value, minimum: value, maximum: value };
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const pairs = dimensions.toSorted(byName).map(({ Name, Value }) => [Name, Value]);
  return JSON.stringify([namespace, name, pairs]);
}

function byName(one: Dimension, other: Dimension): number {
  return (one.Name ?? '') < (other.Name ?? '') ? -1 : 1;
}
