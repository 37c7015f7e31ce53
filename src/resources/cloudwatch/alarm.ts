import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  paginateDescribeAlarms,
  PutMetricAlarmCommand,
  type ComparisonOperator,
  type MetricAlarm,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';
import { metricFields, metricsIn, type AlarmMetric } from './alarm-metrics.ts';
import { retag, tagsOf } from './tags.ts';

export interface AlarmProps {
  name: string;
  /** What a person reads in the notification: what is wrong, and what to look at first. */
  description: string;
  /** One, or several that `expression` makes one of. */
  metrics: AlarmMetric[];
  /** Metric math over the metrics, which are called `m1`, `m2`, … in their order. */
  expression: string | undefined;
  statistic: Statistic;
  /** Seconds that one datapoint is about. */
  period: number;
  comparison: ComparisonOperator;
  threshold: number;
  /** How many of the last datapoints are looked at, and how many of them have to be beyond the threshold. */
  evaluationPeriods: number;
  datapointsToAlarm: number;
  /** What a datapoint counts as that is not there. */
  missingData: 'breaching' | 'notBreaching';
  /** SNS topics that hear of it when it begins, and when it is over. */
  notify: string[];
}

/** Somebody may have made it something that has none of a field. */
type Loose = { [Field in keyof AlarmProps]: AlarmProps[Field] | undefined };

interface AlarmAttrs extends Loose {
  name: string;
  arn: string;
  /** Who hears that it is over, and that there is no data: the first are the same as `notify`, the second nobody. */
  notifyOver: string[];
  notifyNoData: string[];
  /** Whether it acts; somebody may have switched that off for the time of some work. */
  enabled: boolean;
}

/** A metric alarm (`aws cloudwatch describe-alarms --alarm-name-prefix`, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html). */
export const alarm: ResourceKind<Cloud, AlarmProps, AlarmAttrs> = {
  type: 'AWS::CloudWatch::Alarm',
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeAlarms(
      { client: cloud.cloudwatch },
      { AlarmNamePrefix: `chatops/${scope.stack}/`, AlarmTypes: ['MetricAlarm'] },
    );
    const alarms = await collect(pages, (page) => page.MetricAlarms);
    return owned(
      scope,
      await Promise.all(
        alarms.map(async (one) => ({
          tags: await tagsOf(cloud, one.AlarmArn!),
          ref: one.AlarmName!,
          attrs: attrsOf(one),
        })),
      ),
    );
  },

  diff: (desired, current) =>
    compareFields(
      { ...desired, notifyOver: desired.notify, notifyNoData: [] as string[], enabled: true },
      current,
      {
        name: 'replace',
        description: 'update',
        metrics: 'update',
        expression: 'update',
        statistic: 'update',
        period: 'update',
        comparison: 'update',
        threshold: 'update',
        evaluationPeriods: 'update',
        datapointsToAlarm: 'update',
        missingData: 'update',
        notify: 'update',
        notifyOver: 'update',
        notifyNoData: 'update',
        enabled: 'update',
      },
    ),

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `alarm ${props.name}`,
      taken: [],
      // The call that creates one overwrites whatever has its name.
      exists: () => exists(cloud, props.name),
      find: () => alarm.find(cloud, step.scope),
      create: () => put(cloud, props, step.tags),
    });
  },

  async update(cloud, props) {
    await put(cloud, props);
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name }) {
    await unless(cloud.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] })), 'ResourceNotFound');
  },
};

async function exists(cloud: Cloud, name: string): Promise<boolean> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloud.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  return MetricAlarms.length + CompositeAlarms.length > 0;
}

async function put(cloud: Cloud, props: AlarmProps, tags?: Record<string, string>): Promise<void> {
  await cloud.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: props.name,
      AlarmDescription: props.description,
      ActionsEnabled: true,
      AlarmActions: props.notify,
      OKActions: props.notify,
      ...metricFields(props),
      ComparisonOperator: props.comparison,
      Threshold: props.threshold,
      EvaluationPeriods: props.evaluationPeriods,
      DatapointsToAlarm: props.datapointsToAlarm,
      TreatMissingData: props.missingData,
      ...(tags && { Tags: tagList(tags) }),
    }),
  );
}

function attrsOf(one: MetricAlarm): AlarmAttrs {
  return {
    name: one.AlarmName!,
    arn: one.AlarmArn!,
    description: one.AlarmDescription,
    ...metricsIn(one),
    comparison: one.ComparisonOperator,
    threshold: one.Threshold,
    evaluationPeriods: one.EvaluationPeriods,
    datapointsToAlarm: one.DatapointsToAlarm ?? one.EvaluationPeriods,
    missingData: one.TreatMissingData as AlarmProps['missingData'] | undefined,
    notify: one.AlarmActions ?? [],
    notifyOver: one.OKActions ?? [],
    notifyNoData: one.InsufficientDataActions ?? [],
    enabled: one.ActionsEnabled ?? true,
  };
}
