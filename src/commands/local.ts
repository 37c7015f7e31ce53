import { ExitCode } from '../lib/errors.ts';
import { formatDuration } from '../lib/durations.ts';
import { chaos } from './local-chaos.ts';
import { loadConfigOf, localFolder } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface StartOptions {
  latency?: string;
}

/** The local cloud itself, beside the stacks in it. */
export const local: CommandSpec<never> = {
  name: 'local',
  summary: 'start, stop or look at the AWS-compatible cloud on this machine',
  subcommands: [
    {
      name: 'start',
      summary: 'start the local cloud, if it does not run',
      options: [
        {
          flags: '--latency <profile>',
          description: 'how slow it is: instant, aws, or aws/50 (50 times faster than aws)',
        },
      ],
      async run(context: CommandContext<StartOptions>) {
        const { connectLocal } = await import('../aws/local-daemon.ts');
        const { host, options, version } = context;
        const { endpoint } = await connectLocal({
          folder: await folderOf(context),
          packageRoot: host.packageRoot,
          version,
          latency: options.latency,
        });
        host.stdout.write(`the local cloud runs at ${endpoint}\n`);
        return ExitCode.ok;
      },
    },
    {
      name: 'stop',
      summary: 'stop the local cloud and everything that runs in it',
      async run(context: CommandContext) {
        const { stopLocal } = await import('../aws/local-daemon.ts');
        const stopped = await stopLocal(await folderOf(context));
        context.host.stdout.write(
          stopped ? 'the local cloud is stopped\n' : 'the local cloud does not run\n',
        );
        return ExitCode.ok;
      },
    },
    {
      name: 'status',
      summary: 'show whether the local cloud runs, and what is in it',
      json: true,
      async run(context: CommandContext) {
        const { localStatus } = await import('../aws/local-daemon.ts');
        const status = await localStatus(await folderOf(context));
        const { stdout } = context.host;
        if (context.options.json === true) stdout.write(`${JSON.stringify(status ?? { running: false })}\n`);
        else if (status === undefined) stdout.write('the local cloud does not run\n');
        else {
          const { renderTable } = await import('../output/table.ts');
          stdout.write(
            renderTable([
              ['endpoint', status.endpoint],
              ['pid', String(status.pid)],
              ['version', status.version],
              ['up for', formatDuration(Date.now() - Date.parse(status.startedAt))],
              ['stacks', status.stacks.join(', ') || '(none)'],
              ['redis', status.engines.join(', ')],
            ]),
          );
        }
        return ExitCode.ok;
      },
    },
    {
      name: 'reset',
      summary: 'stop the local cloud and delete all that it keeps (images, logs, state)',
      async run(context: CommandContext) {
        const { resetLocal } = await import('../aws/local-daemon.ts');
        await resetLocal(await folderOf(context));
        context.host.stdout.write('the local cloud is stopped and its folder is deleted\n');
        return ExitCode.ok;
      },
    },
    chaos,
  ] as CommandSpec<never>[],
};

async function folderOf(context: CommandContext): Promise<string> {
  return localFolder((await loadConfigOf(context)).folder);
}
