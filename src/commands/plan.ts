import type { Cloud } from '../aws/cloud.ts';
import type { Plan } from '../engine/plan.ts';
import { ExitCode } from '../lib/errors.ts';
import { openSession, stopLocalIfEmpty } from './session.ts';
import { permissionOptions } from './options.ts';
import { costLine, monthlyCost } from './plan-cost.ts';
import { planStack } from './run-plan.ts';
import type { Permissions } from './run-plan.ts';
import type { Session } from './session.ts';
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
      host.stdout.write(await render(planned, session, options.json === true));
      return planned.changes && options.exitCode === true ? ExitCode.changes : ExitCode.ok;
    } finally {
      // A plan leaves nothing running that was not running before.
      await stopLocalIfEmpty(session);
    }
  },
};

async function render(
  planned: Plan<Cloud>,
  { identity: { stack, region }, warnings }: Session,
  json: boolean,
): Promise<string> {
  const { actions, refusals } = planned;
  const refused = refusals.map(({ message, hint }) => ({ message, hint }));
  if (!json) {
    const { renderPlan } = await import('../output/plan-text.ts');
    const lines = refused.map(({ message, hint }) => `refused: ${message}\n  hint: ${hint}\n`);
    lines.push(...warnings.map((warning) => `warning: ${warning}\n`));
    return renderPlan(actions) + (await costLine(planned, region)) + lines.join('');
  }
  const { hideSecrets } = await import('../output/json-lines.ts');
  const cost = await monthlyCost(planned, region);
  return `${JSON.stringify({ type: 'plan', stack, actions, refused, warnings, cost }, hideSecrets)}\n`;
}
