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
  'DescribeAlarmsInput.MaxRecords': { page: `${reference}/API_DescribeAlarms.html`, min: 1, max: 100 },
};
