import type {
  CreateLogStreamCommandInput,
  CreateLogStreamCommandOutput,
  DeleteLogStreamCommandInput,
  DeleteLogStreamCommandOutput,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { groupArn, groupOf, invalidParameter, streamOf } from './state.ts';
import type { LogStreamState } from './state.ts';

export const CreateLogStream: Operation<CreateLogStreamCommandInput, CreateLogStreamCommandOutput> = (
  input,
  call,
) => {
  const group = groupOf(call, { logGroupName: input.logGroupName! });
  const name = input.logStreamName!;
  if (group.streams.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  }
  group.streams.set(name, { name, createdAt: call.now.getTime(), events: [], bytes: 0, nextSequence: 0 });
  return {};
};

export const DescribeLogStreams: Operation<
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput
> = (input, call) => {
  const group = groupOf(call, input);
  const byTime = input.orderBy === 'LastEventTime';
  const prefix = input.logStreamNamePrefix ?? '';
  if (byTime && prefix !== '') {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const streams = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix));
  const size = input.limit ?? 50;
  const invalid = () => invalidParameter('The specified nextToken is invalid.');
  const ranks = ranked(streams, byTime, input.descending === true);
  const { items, next } = page(streams, {
    key: (stream) => ranks.get(stream)!,
    size,
    token: input.nextToken,
    invalid,
  });
  return {
    logStreams: items.map((stream) =>
      described(stream, `${groupArn(call, group)}:log-stream:${stream.name}`),
    ),
    nextToken: next,
  };
};

export const DeleteLogStream: Operation<DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput> = (
  input,
  call,
) => {
  const group = groupOf(call, { logGroupName: input.logGroupName! });
  group.streams.delete(streamOf(group, input.logStreamName).name);
  return {};
};

/** A sortable key per stream, so that a page ends at a place in whichever order was asked for. */
function ranked(
  streams: LogStreamState[],
  byTime: boolean,
  descending: boolean,
): Map<LogStreamState, string> {
  const order = (stream: LogStreamState) =>
    byTime ? `${String(lastTime(stream)).padStart(16, '0')} ${stream.name}` : stream.name;
  const sorted = [...streams].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (descending) sorted.reverse();
  return new Map(sorted.map((stream, index) => [stream, String(index).padStart(8, '0')]));
}

function lastTime(stream: LogStreamState): number {
  return stream.events.at(-1)?.timestamp ?? 0;
}

function described(stream: LogStreamState, arn: string): LogStream {
  const last = stream.events.at(-1);
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    firstEventTimestamp: stream.events[0]?.timestamp,
    lastEventTimestamp: last?.timestamp,
    lastIngestionTime: last?.ingestionTime,
    uploadSequenceToken: String(stream.nextSequence),
    arn,
    // CloudWatch gave this field up in 2019: it is zero whatever is in the stream.
    storedBytes: 0,
  };
}
