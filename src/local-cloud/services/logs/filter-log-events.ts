import { createHash } from 'node:crypto';
import type {
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { parsePattern } from './filter-pattern.ts';
import { groupOf, invalidParameter, keptEvents, streamOf } from './state.ts';
import type { LogEvent, LogGroupState, LogStreamState } from './state.ts';

export const FilterLogEvents: Operation<FilterLogEventsCommandInput, FilterLogEventsCommandOutput> = (
  input,
  call,
) => {
  const group = groupOf(call, input);
  const { startTime = -Infinity, endTime = Infinity } = input;
  const matches = parsePattern(input.filterPattern ?? '');
  const found = streamsOf(group, input).flatMap((stream) =>
    keptEvents(group, stream, call.now.getTime())
      .filter(({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && matches(message))
      .map((event) => ({ stream, event })),
  );
  const { items, next } = page(found, {
    key: ({ stream, event }) => `${padded(event.timestamp, 16)}/${stream.name}/${padded(event.sequence, 12)}`,
    size: input.limit ?? 10_000,
    token: input.nextToken,
    invalid: () => invalidParameter('The specified nextToken is invalid.'),
  });
  return {
    events: items.map(({ stream, event }) => shown(stream, event)),
    searchedLogStreams: [],
    nextToken: next,
  };
};

function streamsOf(
  group: LogGroupState,
  { logStreamNames: names, logStreamNamePrefix: prefix }: FilterLogEventsCommandInput,
): LogStreamState[] {
  if (names !== undefined && prefix !== undefined) {
    throw invalidParameter('Cannot specify both logStreamNames and logStreamNamePrefix.');
  }
  if (names !== undefined) return names.map((name) => streamOf(group, name));
  return [...group.streams.values()].filter(({ name }) => name.startsWith(prefix ?? ''));
}

function shown(stream: LogStreamState, event: LogEvent): FilteredLogEvent {
  return {
    logStreamName: stream.name,
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestionTime,
    eventId: eventId(stream, event),
  };
}

/** 56 digits, like CloudWatch's: time, stream, sequence. Unique within the group, and the same in every answer. */
function eventId(stream: LogStreamState, event: LogEvent): string {
  const hash = createHash('sha256').update(`${stream.name} ${stream.createdAt}`).digest('hex').slice(0, 16);
  const ofStream = BigInt(`0x${hash}`).toString().padStart(20, '0');
  return `${padded(event.timestamp, 16)}${ofStream}${padded(event.sequence, 20)}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
