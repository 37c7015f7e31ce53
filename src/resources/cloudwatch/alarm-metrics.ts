import type { Dimension, MetricAlarm, PutMetricAlarmInput, Statistic } from '@aws-sdk/client-cloudwatch';

/** What names a metric. */
export interface AlarmMetric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

interface Watched {
  metrics: AlarmMetric[];
  expression: string | undefined;
  statistic: Statistic;
  period: number;
}

/** What an alarm watches as PutMetricAlarm takes it: the fields of one metric, or queries with an expression over them. */
export function metricFields({
  metrics,
  expression,
  statistic,
  period,
}: Watched): Partial<PutMetricAlarmInput> {
  if (expression === undefined) {
    const { namespace, name, dimensions } = metrics[0]!;
    return {
      Namespace: namespace,
      MetricName: name,
      Dimensions: listed(dimensions),
      Statistic: statistic,
      Period: period,
    };
  }
  return {
    Metrics: [
      { Id: 'watched', Expression: expression, ReturnData: true },
      ...metrics.map(({ namespace, name, dimensions }, index) => ({
        Id: `m${index + 1}`,
        MetricStat: {
          Metric: { Namespace: namespace, MetricName: name, Dimensions: listed(dimensions) },
          Period: period,
          Stat: statistic,
        },
        ReturnData: false,
      })),
    ],
  };
}

/** The same as DescribeAlarms tells it. */
export function metricsIn(one: MetricAlarm): { [Field in keyof Watched]: Watched[Field] | undefined } {
  if (one.Metrics === undefined || one.Metrics.length === 0) {
    const metric = {
      namespace: one.Namespace ?? '',
      name: one.MetricName ?? '',
      dimensions: recorded(one.Dimensions),
    };
    return { metrics: [metric], expression: undefined, statistic: one.Statistic, period: one.Period };
  }
  const stats = one.Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ Id, ...MetricStat }] : []));
  const metrics = stats.map(({ Metric }) => ({
    namespace: Metric?.Namespace ?? '',
    name: Metric?.MetricName ?? '',
    dimensions: recorded(Metric?.Dimensions),
  }));
  return {
    metrics,
    expression: one.Metrics.find(({ ReturnData }) => ReturnData !== false)?.Expression,
    statistic: stats[0]?.Stat as Statistic | undefined,
    period: stats[0]?.Period,
  };
}

function listed(dimensions: Record<string, string>): Dimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function recorded(dimensions: Dimension[] = []): Record<string, string> {
  return Object.fromEntries(dimensions.map(({ Name, Value }) => [Name!, Value!]));
}
