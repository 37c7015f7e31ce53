import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';

/** One event; times are milliseconds since 1970. */
export interface LogEvent {
  /** Position in its stream, counted from 0 since the stream was made: tokens and event ids carry it. */
  sequence: number;
  timestamp: number;
  ingestionTime: number;
  message: string;
}

export interface LogStreamState {
  name: string;
  createdAt: number;
  /** In order of arrival, the newest last; at most {@link maxEvents} and {@link maxStreamBytes}. */
  events: LogEvent[];
  /** Bytes of the events that are kept, as CloudWatch counts them. */
  bytes: number;
  nextSequence: number;
}

export interface LogGroupState {
  name: string;
  createdAt: number;
  retentionInDays: number | undefined;
  kmsKeyId: string | undefined;
  logGroupClass: string;
  tags: Map<string, string>;
  streams: Map<string, LogStreamState>;
}

/** Everything that CloudWatch Logs keeps for one region: log groups by name. */
export interface LogsState {
  groups: Map<string, LogGroupState>;
}

/** What a stream keeps in memory: beyond either bound its oldest events go. */
export const maxEvents = 10_000;
export const maxStreamBytes = 4 * 1024 * 1024;
/** CloudWatch adds this to the bytes of each message. */
export const eventOverhead = 26;

export interface Place {
  cloud: LocalCloud;
  region: string;
  account: string;
}

/** CloudWatch Logs' state of the region of a call. */
export const logs = store<LogsState>('logs', () => ({ groups: new Map() }));

/** A log group by name or ARN. Throws ResourceNotFoundException. */
export function groupOf(
  place: Place,
  { logGroupName, logGroupIdentifier }: { logGroupName?: string; logGroupIdentifier?: string },
): LogGroupState {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier has to be given');
  }
  const prefix = `arn:aws:logs:${place.region}:${place.account}:log-group:`;
  const name = logGroupName ?? logGroupIdentifier!;
  const group = logs(place).groups.get(name.startsWith(prefix) ? name.slice(prefix.length) : name);
  if (group === undefined) throw notFound('The specified log group does not exist.');
  return group;
}

/** A stream of a group by name. Throws ResourceNotFoundException. */
export function streamOf(group: LogGroupState, name: string | undefined): LogStreamState {
  const stream = group.streams.get(name ?? '');
  if (stream === undefined) throw notFound('The specified log stream does not exist.');
  return stream;
}

/** The events of a stream that the retention of its group has not taken yet. */
export function keptEvents(group: LogGroupState, stream: LogStreamState, now: number): LogEvent[] {
  if (group.retentionInDays === undefined) return stream.events;
  const oldest = now - group.retentionInDays * 86_400_000;
  return stream.events.filter((event) => event.timestamp >= oldest);
}

/** The ARN that tags go by; DescribeLogGroups shows it as logGroupArn, and as arn with `:*` at the end. */
export function groupArn(place: Pick<Place, 'region' | 'account'>, group: LogGroupState): string {
  return `arn:aws:logs:${place.region}:${place.account}:log-group:${group.name}`;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
