import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference';

export const cloudwatch: Limits = {
  AlarmName: { page: `${reference}/API_PutMetricAlarm.html`, minLength: 1, maxLength: 255 },
  AlarmNamePrefix: { page: `${reference}/API_DescribeAlarms.html`, minLength: 1, maxLength: 255 },
  AlarmDescription: { page: `${reference}/API_PutMetricAlarm.html`, maxLength: 1024 },
  AlarmActions: { page: `${reference}/API_PutMetricAlarm.html`, maxItems: 5 },
  OKActions: { page: `${reference}/API_PutMetricAlarm.html`, maxItems: 5 },
  DashboardNamePrefix: { page: `${reference}/API_ListDashboards.html`, maxLength: 255 },
  DashboardName: {
    page: `${reference}/API_PutDashboard.html`,
    maxLength: 255,
    pattern: /[A-Za-z0-9_-]+/,
    ownWords: true,
  },
  EvaluationPeriods: { page: `${reference}/API_PutMetricAlarm.html`, min: 1, ownWords: true },
  DatapointsToAlarm: { page: `${reference}/API_PutMetricAlarm.html`, min: 1, ownWords: true },
  TreatMissingData: {
    page: `${reference}/API_PutMetricAlarm.html`,
    pattern: /breaching|notBreaching|ignore|missing/,
    ownWords: true,
  },
  Period: { page: `${reference}/API_PutMetricAlarm.html`, min: 1, ownWords: true },
  MetricName: { page: `${reference}/API_Metric.html`, minLength: 1, maxLength: 255 },
  Namespace: { page: `${reference}/API_Metric.html`, minLength: 1, maxLength: 255, ownWords: true },
  'MetricDataQuery.Expression': {
    page: `${reference}/API_MetricDataQuery.html`,
    minLength: 1,
    maxLength: 2048,
  },
  'Dimension.Name': { page: `${reference}/API_Dimension.html`, minLength: 1, maxLength: 255 },
  'Dimension.Value': { page: `${reference}/API_Dimension.html`, minLength: 1, maxLength: 1024 },
  'Tag.Key': { page: `${reference}/API_Tag.html`, minLength: 1, maxLength: 128, ownWords: true },
  'Tag.Value': { page: `${reference}/API_Tag.html`, maxLength: 256, ownWords: true },
  'DescribeAlarmsInput.MaxRecords': { page: `${reference}/API_DescribeAlarms.html`, min: 1, max: 100 },
};
