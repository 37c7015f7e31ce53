import type { Config } from '../config/schema.ts';
import type { AlarmProps } from '../resources/cloudwatch/alarm.ts';
import type { StackInput } from './input.ts';

/** What makes one alarm differ from another; it counts as over when as many datapoints are not beyond the threshold. */
export interface Watch extends Pick<AlarmProps, 'description' | 'metrics' | 'statistic' | 'threshold'> {
  expression?: string;
  comparison?: AlarmProps['comparison'];
  /** Datapoints beyond the threshold, one after another. */
  times: number;
  /** Seconds that a datapoint is about; default a minute. */
  period?: number;
  missingData?: AlarmProps['missingData'];
}

/** The properties of the alarm `of` that watches something. */
export function propsOf({ config, identity, names }: StackInput, of: string, watch: Watch): AlarmProps {
  return {
    name: names.alarm(of),
    description: `${identity.stack}: ${watch.description}`,
    metrics: watch.metrics,
    expression: watch.expression,
    statistic: watch.statistic,
    period: watch.period ?? 60,
    comparison: watch.comparison ?? 'GreaterThanOrEqualToThreshold',
    threshold: watch.threshold,
    evaluationPeriods: watch.times,
    datapointsToAlarm: watch.times,
    missingData: watch.missingData ?? 'notBreaching',
    notify: topicsOf(config),
  };
}

function topicsOf({ monitoring: { alarms } }: Config): string[] {
  return typeof alarms === 'object' ? [alarms.notify] : [];
}
