import type { Chaos } from '../aws/local-chaos.ts';
import { parseDuration } from '../lib/durations.ts';
import { ExitCode } from '../lib/errors.ts';
import { loadConfigOf, localFolder } from './session.ts';
import type { CommandContext, CommandSpec, OptionSpec } from './spec.ts';

interface ChaosOptions {
  task?: string;
  rate: number;
  delay: number;
}

const task: OptionSpec = {
  flags: '-t, --task <id>',
  description: 'the task whose id starts so (default: any)',
};

const rate: OptionSpec = {
  flags: '-r, --rate <share>',
  description: 'share of all AWS calls, from 0 to 1',
  default: '0.3',
  parse: parseShare,
};

/** What goes wrong on AWS now and then, on purpose and on this machine. */
export const chaos: CommandSpec<never> = {
  name: 'chaos',
  summary: 'hurt the local cloud on purpose: kill, freeze, throttle',
  description:
    'Each says what it did, and to which process. The local cloud is left to put it right, as AWS would be.',
  subcommands: [
    one('kill-task', 'kill -9 a task', [task], (options) => ({ task: options.task })),
    one(
      'freeze-task',
      'stop a task where it is (SIGSTOP), so that it answers nothing',
      [task],
      (options) => ({
        task: options.task,
      }),
    ),
    one('thaw-task', 'let a frozen task go on (SIGCONT)', [task], (options) => ({ task: options.task })),
    one('kill-load-balancer', 'kill -9 the load balancer', [], () => ({})),
    one('kill-redis', 'kill -9 the cache node', [], () => ({})),
    one('kill-daemon', 'kill -9 the local cloud itself; all that runs in it goes too', [], () => ({})),
    one('throttle', 'refuse AWS calls as AWS does when there are too many', [rate], (options) => ({
      what: 'faults',
      throttle: options.rate,
    })),
    one('errors', 'answer AWS calls with an internal error (HTTP 500)', [rate], (options) => ({
      what: 'faults',
      errors: options.rate,
    })),
    one(
      'resets',
      'cut the connection of AWS calls, half of them only after the call was performed',
      [rate],
      (options) => ({ what: 'faults', resets: options.rate }),
    ),
    one(
      'latency',
      'hold the answer of every AWS call back',
      [
        {
          flags: '-d, --delay <duration>',
          description: 'for how long',
          default: '200ms',
          parse: parseDuration,
        },
      ],
      (options) => ({ what: 'faults', latency: options.delay }),
    ),
    one('off', 'end throttle, errors, resets and latency', [], () => ({})),
  ] as CommandSpec<never>[],
};

function one(
  name: string,
  summary: string,
  options: OptionSpec[],
  request: (options: ChaosOptions) => Partial<Chaos>,
): CommandSpec<ChaosOptions> {
  return {
    name,
    summary,
    options,
    json: true,
    async run(context: CommandContext<ChaosOptions>) {
      const { chaosLocal } = await import('../aws/local-chaos.ts');
      const { folder } = await loadConfigOf(context);
      const result = await chaosLocal(localFolder(folder), { what: name, ...request(context.options) });
      const { did, pid, faults } = result;
      const set = Object.entries(faults ?? {}).filter(([, value]) => value > 0);
      const how = set.map(([fault, value]) => `${fault} ${value}${fault === 'latency' ? ' ms' : ''}`);
      const text = `${did}${pid === undefined ? '' : ` (process ${pid})`}${how.length > 0 ? `: ${how.join(', ')}` : ''}`;
      context.host.stdout.write(`${context.options.json === true ? JSON.stringify(result) : text}\n`);
      return ExitCode.ok;
    },
  };
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new Error('must be a number from 0 to 1.');
  return share;
}
