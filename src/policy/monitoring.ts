import { allow, arnsOf } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** Alarms and the dashboard, by name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html). */
export function monitoringStatements(input: PolicyInput): Statement[] {
  const { names, partition, account } = input;
  const alarms = arnsOf(input, 'cloudwatch')(`alarm:${names.alarm('*')}`);
  // Dashboards are of no region.
  const dashboard = `arn:${partition}:cloudwatch::${account}:dashboard/${names.dashboard}`;
  return [
    allow('OwnAlarms', 'cloudwatch', ['DeleteAlarms', 'PutMetricAlarm'], alarms),
    allow('OwnDashboard', 'cloudwatch', ['DeleteDashboards', 'GetDashboard', 'PutDashboard'], [dashboard]),
    allow(
      'TagOwnMonitoring',
      'cloudwatch',
      ['ListTagsForResource', 'TagResource', 'UntagResource'],
      [...alarms, dashboard],
    ),
  ];
}
