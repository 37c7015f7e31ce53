import { ExitCode } from '../lib/errors.ts';
import { nothingHere } from './nothing-here.ts';
import { openExistingSession } from './session.ts';
import type { CommandSpec } from './spec.ts';

export const status: CommandSpec = {
  name: 'status',
  summary: 'show whether the stack holds: service, tasks, targets, redis, last events',
  json: true,

  async run(context) {
    const session = await openExistingSession(context);
    if (session === undefined) throw await nothingHere(context);
    const { readSnapshot } = await import('../read-model/read.ts');
    const snapshot = await readSnapshot(session.cloud, session.names, session.identity.stack);
    if (snapshot.service.value === undefined && snapshot.endpoint.value === undefined)
      throw await nothingHere(context);
    const { renderStatus } = await import('../output/status-text.ts');
    const { stdout } = context.host;
    stdout.write(context.options.json === true ? `${JSON.stringify(snapshot)}\n` : renderStatus(snapshot));
    return ExitCode.ok;
  },
};
