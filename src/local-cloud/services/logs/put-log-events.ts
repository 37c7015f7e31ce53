import type { PutLogEventsCommandInput, PutLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../operation.ts';
import { append, sizeOf } from './append.ts';
import { groupOf, invalidParameter, streamOf } from './state.ts';

const maxBatchEvents = 10_000;
const maxBatchBytes = 1_048_576;
const day = 86_400_000;

export const PutLogEvents: Operation<PutLogEventsCommandInput, PutLogEventsCommandOutput> = (input, call) => {
  const group = groupOf(call, { logGroupName: input.logGroupName! });
  const stream = streamOf(group, input.logStreamName);
  const events = input.logEvents!.map(({ timestamp, message }) => ({
    timestamp: timestamp!,
    message: message!,
  }));
  if (events.length < 1 || events.length > maxBatchEvents) {
    throw invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length ${events.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxBatchEvents}`}`,
    );
  }
  const bytes = events.reduce((sum, { message }) => sum + sizeOf(message), 0);
  if (bytes > maxBatchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBatchBytes}`);
  }
  if (events.some((event, index) => index > 0 && event.timestamp < events[index - 1]!.timestamp)) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }

  // Too old, expired, too new: the three ends of a batch that CloudWatch leaves out without failing the call.
  const now = call.now.getTime();
  const expiry = now - (group.retentionInDays ?? Infinity) * day;
  const tooOld = events.filter(({ timestamp }) => timestamp < now - 14 * day).length;
  const expired = events.filter(({ timestamp }) => timestamp < expiry).length;
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * 3600_000);
  append(stream, events.slice(Math.max(tooOld, expired), tooNew === -1 ? undefined : tooNew), now);

  const rejected = {
    ...(tooNew === -1 ? {} : { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
    ...(expired === 0 ? {} : { expiredLogEventEndIndex: expired }),
  };
  return {
    nextSequenceToken: String(stream.nextSequence),
    rejectedLogEventsInfo: Object.keys(rejected).length === 0 ? undefined : rejected,
  };
};
