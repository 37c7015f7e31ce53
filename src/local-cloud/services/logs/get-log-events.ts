import type { GetLogEventsCommandInput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../operation.ts';
import { byTime } from './order.ts';
import { groupOf, invalidParameter, keptEvents, streamOf } from './state.ts';
import type { LogEvent } from './state.ts';

/** Where a page ended: before (`b`) or after (`f`) an event, named by its time and sequence. */
interface Token {
  direction: 'f' | 'b';
  timestamp: number;
  sequence: number;
}

export const GetLogEvents: Operation<GetLogEventsCommandInput, GetLogEventsCommandOutput> = (input, call) => {
  const group = groupOf(call, input);
  const stream = streamOf(group, input.logStreamName);
  const { startTime = -Infinity, endTime = Infinity, limit = 10_000 } = input;
  const all = keptEvents(group, stream, call.now.getTime())
    .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
    .sort(byTime);
  const token = input.nextToken === undefined ? undefined : parse(input.nextToken);
  const events = pageOf(all, token, limit, input.startFromHead === true);
  const [first, last] = [events[0], events.at(-1)];
  return {
    events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    // The same token as before says that this end is reached; a later call with it goes on from there.
    nextForwardToken: text('f', last ?? token ?? beginning),
    nextBackwardToken: text('b', first ?? token ?? beginning),
  };
};

const beginning = { timestamp: 0, sequence: -1 };

function pageOf(all: LogEvent[], token: Token | undefined, limit: number, fromHead: boolean): LogEvent[] {
  if (token === undefined) return fromHead ? all.slice(0, limit) : all.slice(-limit);
  if (token.direction === 'f') return all.filter((event) => byTime(event, token) > 0).slice(0, limit);
  return all.filter((event) => byTime(event, token) < 0).slice(-limit);
}

function parse(token: string): Token {
  const [, direction, timestamp, sequence] = /^([fb])\/(\d+)\/(-?\d+)$/.exec(token) ?? [];
  if (direction === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return {
    direction: direction as Token['direction'],
    timestamp: Number(timestamp),
    sequence: Number(sequence),
  };
}

function text(
  direction: 'f' | 'b',
  { timestamp, sequence }: Pick<LogEvent, 'timestamp' | 'sequence'>,
): string {
  return `${direction}/${timestamp}/${sequence}`;
}
