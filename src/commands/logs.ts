import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { ExitCode } from '../lib/errors.ts';
import { parseDuration } from '../lib/durations.ts';
import { nothingHere } from './nothing-here.ts';
import { openExistingSession } from './session.ts';
import type { CommandSpec } from './spec.ts';

interface LogsOptions {
  follow?: boolean;
  since: number;
  filter?: string;
  task?: string;
}

export const logs: CommandSpec<LogsOptions> = {
  name: 'logs',
  summary: 'print what the tasks log',
  description:
    'Prints the log lines of all tasks in the order of time, each with its task in front. --follow waits for more.',
  json: true,
  options: [
    { flags: '-f, --follow', description: 'go on printing until Ctrl-C' },
    {
      flags: '-s, --since <duration>',
      description: 'how far to look back',
      default: '10m',
      parse: parseDuration,
    },
    { flags: '--filter <pattern>', description: 'only lines that match a CloudWatch Logs filter pattern' },
    { flags: '-t, --task <id>', description: 'only the task whose id starts so' },
  ],

  async run(context) {
    const { host, options, signal } = context;
    const session = await openExistingSession(context);
    if (session === undefined) throw await nothingHere(context);
    const { readLogs } = await import('../read-model/logs.ts');
    const events = readLogs(session.cloud, {
      logGroup: session.names.logGroup,
      since: Date.now() - options.since,
      filter: options.filter,
      follow: options.follow === true,
      signal,
    });
    try {
      for await (const event of events) {
        const task = event.logStreamName?.split('/').at(-1) ?? '';
        if (options.task !== undefined && !task.startsWith(options.task)) continue;
        host.stdout.write(
          options.json === true ? `${JSON.stringify({ ...event, task })}\n` : line(event, task),
        );
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException')
        throw await nothingHere(context);
      if (!signal.aborted) throw error;
    }
    return ExitCode.ok;
  },
};

function line({ timestamp, message }: FilteredLogEvent, task: string): string {
  return `${new Date(timestamp ?? 0).toISOString().slice(11, 23)} ${task.slice(0, 8)} ${(message ?? '').trimEnd()}\n`;
}
