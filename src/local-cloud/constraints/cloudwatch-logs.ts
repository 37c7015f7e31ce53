import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference';
const groupName = { minLength: 1, maxLength: 512, pattern: /[.\-_/#A-Za-z0-9]+/ };

export const cloudwatchLogs: Limits = {
  logGroupName: { page: `${reference}/API_CreateLogGroup.html`, ...groupName },
  logGroupNamePrefix: { page: `${reference}/API_DescribeLogGroups.html`, ...groupName },
  logStreamName: {
    page: `${reference}/API_CreateLogStream.html`,
    minLength: 1,
    maxLength: 512,
    pattern: /[^:*]*/,
  },
  retentionInDays: {
    page: `${reference}/API_PutRetentionPolicy.html`,
    pattern: /1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653/,
    ownWords: true,
  },
  'DescribeLogGroupsRequest.limit': { page: `${reference}/API_DescribeLogGroups.html`, min: 1, max: 50 },
  'DescribeLogStreamsRequest.limit': { page: `${reference}/API_DescribeLogStreams.html`, min: 1, max: 50 },
  'FilterLogEventsRequest.limit': {
    page: `${reference}/API_FilterLogEvents.html`,
    min: 1,
    max: 10_000,
  },
  'CreateLogGroupRequest.tags': {
    page: `${reference}/API_CreateLogGroup.html`,
    maxItems: 50,
    ownWords: true,
  },
};
