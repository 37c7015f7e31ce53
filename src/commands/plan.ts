import type { Cloud } from '../aws/cloud.ts';
import type { Plan } from '../engine/plan.ts';
import { ExitCode } from '../lib/errors.ts';
import { openSession, stopLocalIfEmpty } from './session.ts';
import { permissionOptions } from './options.ts';
import { planStack } from './run-plan.ts';
import type { Permissions } from './run-plan.ts';
import type { CommandSpec } from './spec.ts';

interface PlanOptions extends Permissions {
  exitCode?: boolean;
}

export const plan: CommandSpec<PlanOptions> = {
  name: 'plan',
  summary: 'show what `up` would change, and change nothing',
  json: true,
  options: [
    { flags: '--exit-code', description: 'exit with 6 when there are changes' },
    ...permissionOptions,
  ],

  async run(context) {
    const { host, options } = context;
    const session = await openSession(context);
    try {
      const planned = await planStack(session, context);
      host.stdout.write(await render(planned, session.identity.stack, options.json === true));
      return planned.changes && options.exitCode === true ? ExitCode.changes : ExitCode.ok;
    } finally {
      // A plan leaves nothing running that was not running before.
      await stopLocalIfEmpty(session);
    }
  },
};

async function render({ actions, refusals }: Plan<Cloud>, stack: string, json: boolean): Promise<string> {
  const refused = refusals.map(({ message, hint }) => ({ message, hint }));
  if (!json) {
    const { renderPlan } = await import('../output/plan-text.ts');
    const lines = refused.map(({ message, hint }) => `refused: ${message}\n  hint: ${hint}\n`);
    return renderPlan(actions) + lines.join('');
  }
  const { hideSecrets } = await import('../output/json-lines.ts');
  return `${JSON.stringify({ type: 'plan', stack, actions, refused }, hideSecrets)}\n`;
}
