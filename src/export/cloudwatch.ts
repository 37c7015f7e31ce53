import { alarm } from '../resources/cloudwatch/alarm.ts';
import { dashboard } from '../resources/cloudwatch/dashboard.ts';
import { block, json, type Body } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** Alarms and the dashboard. */
export const cloudwatch: Mapping[] = [
  mapping(alarm, ({ attrs, name, tags }) => [
    {
      type: 'aws_cloudwatch_metric_alarm',
      name,
      importId: attrs.name,
      body: {
        alarm_name: attrs.name,
        alarm_description: attrs.description,
        comparison_operator: attrs.comparison,
        threshold: attrs.threshold,
        evaluation_periods: attrs.evaluationPeriods,
        datapoints_to_alarm: attrs.datapointsToAlarm,
        treat_missing_data: attrs.missingData,
        actions_enabled: attrs.enabled,
        alarm_actions: attrs.notify,
        ok_actions: attrs.notify,
        ...watched(attrs),
        tags: tags(),
      },
    },
  ]),
  mapping(dashboard, ({ attrs, name }) => [
    {
      type: 'aws_cloudwatch_dashboard',
      name,
      importId: attrs.name,
      body: { dashboard_name: attrs.name, dashboard_body: json(attrs.body) },
    },
  ]),
];

type Metric = { namespace: string; name: string; dimensions: Record<string, string> };

interface Watched {
  metrics: Metric[] | undefined;
  expression: string | undefined;
  statistic: string | undefined;
  period: number | undefined;
}

/** One metric in arguments of the alarm, or an expression over several in blocks. */
function watched({ metrics = [], expression, statistic, period }: Watched): Body {
  const fieldsOf = ({ namespace, name, dimensions }: Metric) => ({
    namespace,
    metric_name: name,
    period,
    dimensions,
  });
  if (expression === undefined) return { ...(metrics[0] && fieldsOf(metrics[0])), statistic };
  return {
    metric_query: [
      block({ id: 'watched', expression, return_data: true }),
      ...metrics.map((metric, index) =>
        block({
          id: `m${index + 1}`,
          return_data: false,
          metric: block({ ...fieldsOf(metric), stat: statistic }),
        }),
      ),
    ],
  };
}
