import type { Operations } from '../../operation.ts';
import { DeleteAlarms, DescribeAlarms, PutMetricAlarm } from './alarm.ts';
import { DeleteDashboards, GetDashboard, ListDashboards, PutDashboard } from './dashboard.ts';
import { GetMetricData } from './get-metric-data.ts';
import { ListMetrics } from './list-metrics.ts';
import { PutMetricData } from './put-metric-data.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';

export const operations: Operations = {
  DeleteAlarms,
  DeleteDashboards,
  DescribeAlarms,
  GetDashboard,
  GetMetricData,
  ListDashboards,
  ListMetrics,
  ListTagsForResource,
  PutDashboard,
  PutMetricAlarm,
  PutMetricData,
  TagResource,
  UntagResource,
};
