import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { ask } from './ask.ts';
import { AwsError } from '../../../operation.ts';
import { operations as logs } from '../../logs/index.ts';
import type { Call } from '../../../operation.ts';

/** Where a container's lines go. */
export interface LogStream {
  write(line: string): void;
  /** Resolves when everything written so far is in CloudWatch Logs. */
  flush(): Promise<void>;
}

/** Limits of one PutLogEvents: events, and bytes with 26 of overhead for each event. */
const limits = { events: 10_000, bytes: 1_048_576, overhead: 26 };

/**
 * Opens the stream `<prefix>/<container>/<task id>` of the container's log group, as the awslogs driver does; lines of
 * one turn go in one PutLogEvents. Throws the stop reason that ECS gives when the group is missing. A container
 * without a log configuration writes nowhere.
 */
export async function openLogStream(
  makeCall: (region?: string) => Call,
  { name, logConfiguration }: ContainerDefinition,
  taskId: string,
): Promise<LogStream> {
  if (logConfiguration?.logDriver !== 'awslogs')
    return { write: () => undefined, flush: async () => undefined };
  const options = logConfiguration.options ?? {};
  const region = options['awslogs-region'];
  const stream = {
    logGroupName: options['awslogs-group'] ?? '',
    logStreamName: `${options['awslogs-stream-prefix']}/${name}/${taskId}`,
  };
  await createStream(makeCall(region), stream, options['awslogs-create-group'] === 'true');

  const waiting: { timestamp: number; message: string }[] = [];
  let sending: Promise<void> | undefined;
  async function send(): Promise<void> {
    // The lines that arrive in this turn go along.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const logEvents = waiting.splice(0, batchLength(waiting));
      // The group may be deleted while the task runs: its lines are lost then, as on AWS.
      await ask(logs, 'PutLogEvents', { ...stream, logEvents }, makeCall(region)).catch(() => undefined);
    }
    sending = undefined;
  }
  return {
    write(message) {
      waiting.push({ timestamp: makeCall(region).now.getTime(), message });
      sending ??= send();
    },
    flush: async () => sending,
  };
}

function batchLength(waiting: { message: string }[]): number {
  let bytes = 0;
  const end = waiting.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + limits.overhead;
    return bytes > limits.bytes || index === limits.events;
  });
  // One line alone always fits: the runner cuts lines at 256 KB.
  return end < 0 ? waiting.length : Math.max(1, end);
}

async function createStream(
  call: Call,
  stream: { logGroupName: string; logStreamName: string },
  createGroup: boolean,
): Promise<void> {
  try {
    if (createGroup)
      await ignoring('ResourceAlreadyExistsException', () =>
        ask(logs, 'CreateLogGroup', { logGroupName: stream.logGroupName }, call),
      );
    await ignoring('ResourceAlreadyExistsException', () => ask(logs, 'CreateLogStream', stream, call));
  } catch (error) {
    const what = error instanceof AwsError ? `${error.code}: ${error.message}` : String(error);
    throw new Error(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${what} : exit status 1`,
      { cause: error },
    );
  }
}

async function ignoring(code: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== code) throw error;
  }
}
