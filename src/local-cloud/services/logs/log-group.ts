import type {
  CreateLogGroupCommandInput,
  CreateLogGroupCommandOutput,
  DeleteLogGroupCommandInput,
  DeleteLogGroupCommandOutput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../operation.ts';
import type { Call, Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { groupArn, groupOf, invalidParameter, logs } from './state.ts';
import type { LogGroupState } from './state.ts';
import { tagSet } from './tag-set.ts';

export const CreateLogGroup: Operation<CreateLogGroupCommandInput, CreateLogGroupCommandOutput> = (
  input,
  call,
) => {
  const name = input.logGroupName!;
  const tags = tagSet(new Map(), input.tags ?? {});
  const { groups } = logs(call);
  if (groups.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  }
  groups.set(name, {
    name,
    createdAt: call.now.getTime(),
    retentionInDays: undefined,
    kmsKeyId: input.kmsKeyId,
    logGroupClass: input.logGroupClass ?? 'STANDARD',
    tags,
    streams: new Map(),
  });
  return {};
};

export const DescribeLogGroups: Operation<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput> = (
  input,
  call,
) => {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers } = input;
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  const asked =
    logGroupIdentifiers?.map((logGroupIdentifier) => groupOf(call, { logGroupIdentifier })) ??
    [...logs(call).groups.values()].filter(
      ({ name, logGroupClass }) =>
        (prefix === undefined || name.startsWith(prefix)) &&
        (pattern === undefined || name.toLowerCase().includes(pattern.toLowerCase())) &&
        (input.logGroupClass === undefined || logGroupClass === input.logGroupClass),
    );
  const { items, next } = page(asked, {
    key: ({ name }) => name,
    size: input.limit ?? 50,
    token: input.nextToken,
    invalid: () => invalidParameter('The specified nextToken is invalid.'),
  });
  return { logGroups: items.map((group) => described(group, call)), nextToken: next };
};

export const DeleteLogGroup: Operation<DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput> = (
  input,
  call,
) => {
  const group = groupOf(call, { logGroupName: input.logGroupName! });
  logs(call).groups.delete(group.name);
  return {};
};

function described(group: LogGroupState, call: Call): LogGroup {
  const arn = groupArn(call, group);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: [...group.streams.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    kmsKeyId: group.kmsKeyId,
    logGroupClass: group.logGroupClass as LogGroup['logGroupClass'],
    logGroupArn: arn,
  };
}
