import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode } from '../engine/resource.ts';
import { alarm } from '../resources/cloudwatch/alarm.ts';
import type { AlarmMetric } from '../resources/cloudwatch/alarm-metrics.ts';
import { propsOf, type Watch } from './alarm-of.ts';
import type { Data } from './data.ts';
import type { Edge } from './edge.ts';
import type { StackInput } from './input.ts';
import { balancerDimensions, serviceDimensions } from './metric-dimensions.ts';
import { redisAlarmsOf } from './redis-alarms.ts';
import type { Service } from './service.ts';

/** The alarms that whoever runs a chat wants to be woken by, or none. */
export function alarmsOf(input: StackInput, edge: Edge, data: Data, service: Service): AnyNode<Cloud>[] {
  if (input.config.monitoring.alarms === false) return [];
  return [
    ...trafficAlarms(input, edge, service),
    ...taskAlarms(input, service),
    ...redisAlarmsOf(input, data),
  ];
}

/** No target, unhealthy ones, answers with 5xx, and connections that fail. They begin with a service that is steady. */
function trafficAlarms(input: StackInput, { balancer, targets, alternate }: Edge, { tasks }: Service) {
  const watch = (of: string, name: string, what: Omit<Watch, 'metrics'>, group: boolean) =>
    resource({
      id: `alarm-${of}`,
      kind: alarm,
      needs: { balancer, targets, other: alternate ?? targets, tasks },
      props: (needs) => {
        // After a blue/green deployment one of the two groups is empty.
        const groups = [needs.targets.arn, ...(alternate ? [needs.other.arn] : [])];
        const metrics = (group ? groups : [undefined]).map((arn) => ({
          namespace: 'AWS/ApplicationELB',
          name,
          dimensions: balancerDimensions(needs.balancer.arn, arn),
        }));
        const together = what.statistic === 'Sum' ? 'SUM(METRICS())' : 'MAX(METRICS())';
        return propsOf(input, of, {
          ...what,
          metrics,
          ...(metrics.length > 1 && { expression: together }),
        });
      },
    });
  const often = { statistic: 'Sum', threshold: 10, period: 300, times: 1 } as const;
  return [
    watch(
      'no-healthy-target',
      'HealthyHostCount',
      {
        description: 'no target is healthy: nobody gets in',
        statistic: 'Maximum',
        comparison: 'LessThanThreshold',
        threshold: 1,
        times: 2,
        missingData: 'breaching',
      },
      true,
    ),
    watch(
      'unhealthy-target',
      'UnHealthyHostCount',
      {
        description: 'a target has been failing its health check for three minutes',
        statistic: 'Maximum',
        threshold: 1,
        times: 3,
      },
      true,
    ),
    watch(
      'target-5xx',
      'HTTPCode_Target_5XX_Count',
      { description: 'tasks answered 10 requests or more with 5xx in five minutes', ...often },
      true,
    ),
    watch(
      'load-balancer-5xx',
      'HTTPCode_ELB_5XX_Count',
      { description: 'the load balancer answered 10 requests or more with 5xx in five minutes', ...often },
      false,
    ),
    watch(
      'target-connection-errors',
      'TargetConnectionErrorCount',
      {
        description: 'the load balancer failed to connect to a task 10 times or more in five minutes',
        ...often,
      },
      true,
    ),
  ];
}

/** CPU and memory of the service, and fewer tasks than wanted where Container Insights counts them. */
function taskAlarms(input: StackInput, { tasks }: Service) {
  const { config, names } = input;
  const dimensions = serviceDimensions(names);
  const watch = (of: string, what: Watch) =>
    resource({
      id: `alarm-${of}`,
      kind: alarm,
      needs: { tasks },
      props: () => propsOf(input, of, what),
    });
  const ecs = (name: string): AlarmMetric => ({ namespace: 'AWS/ECS', name, dimensions });
  const counted = (name: string): AlarmMetric => ({ namespace: 'ECS/ContainerInsights', name, dimensions });
  return [
    watch('cpu', {
      description: 'the tasks have used 80 % of their CPU or more for five minutes',
      metrics: [ecs('CPUUtilization')],
      statistic: 'Average',
      threshold: 80,
      times: 5,
    }),
    watch('memory', {
      description: 'a task has used 85 % of its memory or more for five minutes',
      metrics: [ecs('MemoryUtilization')],
      statistic: 'Maximum',
      threshold: 85,
      times: 5,
    }),
    ...(config.monitoring.containerInsights === 'off'
      ? []
      : [
          watch('missing-tasks', {
            description: 'fewer tasks than wanted have been running for five minutes',
            metrics: [counted('DesiredTaskCount'), counted('RunningTaskCount')],
            expression: 'm1 - m2',
            statistic: 'Average',
            threshold: 1,
            times: 5,
          }),
        ]),
  ];
}
