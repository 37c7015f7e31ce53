import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/**
 * The scalable target, by tag, and what of the service and its alarms is asked of whoever changes it
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/auto-scaling-IAM.html).
 */
export function scalingStatements(input: PolicyInput): Statement[] {
  const { cluster, service } = input.names;
  const targets = arnsOf(input, 'application-autoscaling')('scalable-target/*');
  return [
    allow(
      'RegisterTaggedScalableTarget',
      'application-autoscaling',
      ['RegisterScalableTarget', 'TagResource'],
      targets,
      { StringEquals: taggingAs(input) },
    ),
    allow(
      'ChangeOwnScalableTarget',
      'application-autoscaling',
      [
        'DeleteScalingPolicy',
        'DeleteScheduledAction',
        'DeregisterScalableTarget',
        'ListTagsForResource',
        'PutScalingPolicy',
        'PutScheduledAction',
        'RegisterScalableTarget',
        'TagResource',
        'UntagResource',
      ],
      targets,
      { StringEquals: taggedAs(input) },
    ),
    allow(
      'AlarmsOfTargetTracking',
      'cloudwatch',
      ['DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm'],
      arnsOf(input, 'cloudwatch')(`alarm:TargetTracking-service/${cluster}/${service}-*`),
    ),
  ];
}
