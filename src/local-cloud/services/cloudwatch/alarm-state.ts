import type { Metric, MetricDataQuery, StateValue } from '@aws-sdk/client-cloudwatch';
import { findMetric } from './state.ts';
import type { AlarmState, CloudWatchState } from './state.ts';
import { byPeriod, statistics } from './statistic.ts';

/** A value per period, by the start of the period in milliseconds. */
type Datapoints = Map<number, number>;

/**
 * Brings the state of an alarm up to date, from the datapoints of its last periods that are over
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation).
 * Its actions are not performed: this cloud has nothing that they could be sent to.
 */
export function evaluate(state: CloudWatchState, alarm: AlarmState, now: Date): void {
  const { EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, Threshold = 0 } = alarm;
  const compare = comparisons[alarm.ComparisonOperator ?? ''];
  const period = periodOf(alarm);
  if (compare === undefined || period === undefined) return;
  const ms = period * 1000;
  const end = Math.floor(now.getTime() / ms) * ms;
  const found = datapointsOf(state, alarm, period, end - EvaluationPeriods * ms, end);
  if (found === undefined) return;
  const values = Array.from({ length: EvaluationPeriods }, (_, index) => found.get(end - (index + 1) * ms));
  const present = values.filter((value) => value !== undefined);
  const beyond = present.filter((value) => compare(value, Threshold)).length;
  const missing = values.length - present.length;
  const next = verdict(alarm, { beyond, missing, present: present.length, needed: DatapointsToAlarm });
  if (next === undefined || next === alarm.StateValue) return;
  const shown = present.map((value) => Number(value.toPrecision(6))).join(', ');
  alarm.StateValue = next;
  alarm.StateReason =
    present.length === 0
      ? `no datapoints were received for ${missing} periods`
      : `${beyond} out of the last ${values.length} datapoints [${shown}] were beyond the threshold (${Threshold}), and ${missing} missing.`;
  alarm.StateUpdatedTimestamp = now;
}

interface Count {
  beyond: number;
  missing: number;
  present: number;
  needed: number;
}

/** Undefined where the state stays as it is. */
function verdict(
  { TreatMissingData = 'missing' }: AlarmState,
  { beyond, missing, present, needed }: Count,
): StateValue | undefined {
  if (beyond >= needed) return 'ALARM';
  if (TreatMissingData === 'breaching') return beyond + missing >= needed ? 'ALARM' : 'OK';
  if (present > 0 || TreatMissingData === 'notBreaching') return 'OK';
  return TreatMissingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA';
}

const comparisons: Record<string, ((value: number, threshold: number) => boolean) | undefined> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

function periodOf({ Period, Metrics = [] }: AlarmState): number | undefined {
  return Period ?? Metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period;
}

/** Undefined for an expression that this cloud does not work out: then the alarm keeps its state. */
function datapointsOf(
  state: CloudWatchState,
  alarm: AlarmState,
  period: number,
  from: number,
  to: number,
): Datapoints | undefined {
  const read = (metric: Metric, stat: string | undefined): Datapoints => {
    const { Namespace = '', MetricName = '', Dimensions = [] } = metric;
    const found = findMetric(state, { namespace: Namespace, name: MetricName, dimensions: Dimensions });
    const statistic = statistics[stat ?? ''];
    if (found === undefined || statistic === undefined) return new Map();
    return new Map(byPeriod(found.points, period, from, to).map((set) => [set.at, statistic(set)]));
  };
  if (alarm.Metrics === undefined || alarm.Metrics.length === 0) return read(alarm, alarm.Statistic);
  const watched = alarm.Metrics.find(({ ReturnData }) => ReturnData !== false);
  const byId = new Map(
    alarm.Metrics.flatMap(({ Id, MetricStat }: MetricDataQuery) =>
      MetricStat === undefined ? [] : [[Id!, read(MetricStat.Metric!, MetricStat.Stat)] as const],
    ),
  );
  return watched?.Expression === undefined ? byId.get(watched?.Id ?? '') : worked(watched.Expression, byId);
}

/** `MAX(METRICS())`, `SUM(METRICS())` and differences such as `m1 - m2`. */
function worked(expression: string, byId: Map<string, Datapoints>): Datapoints | undefined {
  const [, over] = /^(MAX|SUM)\(METRICS\(\)\)$/i.exec(expression) ?? [];
  if (over !== undefined) {
    const all = [...byId.values()];
    const times = new Set(all.flatMap((points) => [...points.keys()]));
    const at = (time: number) => all.flatMap((points) => points.get(time) ?? []);
    const sum = (values: number[]) => values.reduce((one, other) => one + other, 0);
    const isMax = over.toUpperCase() === 'MAX';
    return new Map([...times].map((time) => [time, isMax ? Math.max(...at(time)) : sum(at(time))]));
  }
  const [, left, right] = /^(\w+) *- *(\w+)$/.exec(expression) ?? [];
  const [from, less] = [byId.get(left ?? ''), byId.get(right ?? '')];
  if (from === undefined || less === undefined) return undefined;
  return new Map([...from].flatMap(([at, value]) => (less.has(at) ? [[at, value - less.get(at)!]] : [])));
}
