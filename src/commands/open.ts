import { ExitCode } from '../lib/errors.ts';
import { nothingHere } from './nothing-here.ts';
import { openExistingSession } from './session.ts';
import type { CommandSpec } from './spec.ts';

const launchers: Record<string, [command: string, ...args: string[]]> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

export const open: CommandSpec = {
  name: 'open',
  summary: "open the chat's page in the browser",

  async run(context) {
    const session = await openExistingSession(context);
    const { readStack } = await import('../stack/facts.ts');
    const endpoint = session && (await readStack(session.cloud, session.scope)).endpoint?.url;
    if (endpoint === undefined) throw await nothingHere(context);
    const { host } = context;
    const [command, ...args] = launchers[host.platform] ?? launchers['linux']!;
    const opened = await host.launch(command, [...args, endpoint]);
    if (!opened)
      host.stderr.write(`no browser could be started (${command} is missing); open this address yourself:\n`);
    host.stdout.write(`${endpoint}\n`);
    return ExitCode.ok;
  },
};
