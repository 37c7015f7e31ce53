import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import type { LogLine, LogNews } from './snapshot.ts';

export interface LogQuery {
  logGroup: string;
  /** Milliseconds since 1970. */
  since: number;
  filter?: string | undefined;
  /** Whether to wait for more at the end, until the signal is aborted. */
  follow: boolean;
  signal: AbortSignal;
}

/** CloudWatch may show an event some seconds after a younger one of another stream: this far back is read again. */
const lateMs = 10_000;
const pollMs = 1_000;

/**
 * Log events of a group in the order of time, each once (aws logs filter-log-events).
 * Throws the SDK's ResourceNotFoundException where the group is not there.
 */
export async function* readLogs(cloud: Cloud, query: LogQuery): AsyncGenerator<FilteredLogEvent> {
  let from = query.since;
  let seen = new Map<string, number>();
  for (;;) {
    const events: FilteredLogEvent[] = [];
    const pages = paginateFilterLogEvents(
      { client: cloud.logs },
      { logGroupName: query.logGroup, startTime: from, filterPattern: query.filter },
    );
    for await (const page of pages)
      events.push(...(page.events ?? []).filter(({ eventId }) => !seen.has(eventId ?? '')));
    events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
    for (const event of events) {
      seen.set(event.eventId ?? '', event.timestamp ?? 0);
      yield event;
    }
    if (!query.follow || query.signal.aborted) return;
    from = Math.max(from, (events.at(-1)?.timestamp ?? from) - lateMs);
    seen = new Map([...seen].filter(([, timestamp]) => timestamp >= from));
    await delay(pollMs, undefined, { signal: query.signal }).catch(() => {});
    if (query.signal.aborted) return;
  }
}

const lookBackMs = 10 * 60_000;
/** Lines that come within this time, in milliseconds, are told together. */
const togetherMs = 100;
const tryAgainMs = 5_000;

/** Tells the lines of the last ten minutes and then each new one, until the signal is aborted; goes on after errors. Never rejects. */
export async function followLogs(
  cloud: Cloud,
  logGroup: string,
  tell: (news: LogNews) => void,
  signal: AbortSignal,
): Promise<void> {
  let since = Date.now() - lookBackMs;
  let lines: LogLine[] = [];
  let telling: NodeJS.Timeout | undefined;
  const flush = (): void => {
    telling = undefined;
    tell({ lines });
    lines = [];
  };
  while (!signal.aborted) {
    try {
      for await (const event of readLogs(cloud, { logGroup, since, follow: true, signal })) {
        const { timestamp: at = 0, logStreamName = '', message = '' } = event;
        lines.push({ at, task: logStreamName.split('/').at(-1)!, message });
        since = at + 1;
        telling ??= setTimeout(flush, togetherMs);
      }
    } catch (error) {
      tell({ lines: [], problem: explain(error).message });
      await delay(tryAgainMs, undefined, { signal }).catch(() => {});
    }
  }
  clearTimeout(telling);
}
