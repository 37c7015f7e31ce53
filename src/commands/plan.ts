import type { PlannedAction } from '../engine/events.ts';
import { ExitCode } from '../lib/errors.ts';
import { describeConfig, openSession, stopLocalIfEmpty } from './session.ts';
import { planStack } from './run-plan.ts';
import type { CommandSpec } from './spec.ts';

interface PlanOptions {
  exitCode?: boolean;
}

export const plan: CommandSpec<PlanOptions> = {
  name: 'plan',
  summary: 'show what `up` would change, and change nothing',
  json: true,
  options: [{ flags: '--exit-code', description: 'exit with 6 when there are changes' }],

  async run(context) {
    const { host, options } = context;
    const session = await openSession(context);
    try {
      if (options.json !== true) host.stderr.write(`${describeConfig(session)}\n`);
      const planned = await planStack(session, host.packageRoot);
      host.stdout.write(await render(planned.actions, session.identity.stack, options.json === true));
      return planned.changes && options.exitCode === true ? ExitCode.changes : ExitCode.ok;
    } finally {
      // A plan leaves nothing running that was not running before.
      await stopLocalIfEmpty(session);
    }
  },
};

async function render(actions: PlannedAction[], stack: string, json: boolean): Promise<string> {
  if (!json) return (await import('../output/plan-text.ts')).renderPlan(actions);
  const { hideSecrets } = await import('../output/json-lines.ts');
  return `${JSON.stringify({ type: 'plan', stack, actions }, hideSecrets)}\n`;
}
