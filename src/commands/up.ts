import type { Cloud } from '../aws/cloud.ts';
import type { Endpoint } from '../aws/endpoint.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Plan } from '../engine/plan.ts';
import { ExitCode } from '../lib/errors.ts';
import { formatDuration } from '../lib/durations.ts';
import { confirm } from './confirm.ts';
import { checkEndpoint } from './endpoint.ts';
import { permissionOptions } from './options.ts';
import { costLine } from './plan-cost.ts';
import { applyStack, planStack } from './run-plan.ts';
import type { Permissions } from './run-plan.ts';
import { openSession, stopLocalIfEmpty } from './session.ts';
import type { Session } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface UpOptions extends Permissions {
  yes?: boolean;
  /** False with `--no-check`. */
  check: boolean;
  forceUnlock?: boolean;
}

export const up: CommandSpec<UpOptions> = {
  name: 'up',
  summary: 'create the stack, or bring it to what the config asks',
  description:
    'Creates what is missing, updates what differs, removes what is no longer wanted, and checks that the endpoint answers. Run it again at any time: it continues where it was stopped, and changes nothing when nothing differs.',
  json: true,
  options: [
    { flags: '-y, --yes', description: 'do not ask (on AWS, up shows the plan and asks)' },
    {
      flags: '--no-check',
      description: 'leave out the last check of the endpoint, for one that cannot be reached from here',
    },
    ...permissionOptions,
    { flags: '--force-unlock', description: 'take the lock over from another run that is known to be dead' },
  ],

  async run(context) {
    const { host, options, signal } = context;
    const started = Date.now();
    const session = await openSession(context);
    const tell = (text: string) => void (options.json === true || host.stderr.write(text));

    for (const warning of session.warnings) tell(`warning: ${warning}\n`);
    const brought = await bringUp(session, context).catch(async (error: unknown) => {
      // Where nothing was made, nothing is left running either.
      await stopLocalIfEmpty(session);
      throw error;
    });
    if (brought === undefined) return ExitCode.interrupted;

    const { planned, attrs } = brought;
    const { servingBy } = await import('../stack/facts.ts');
    const { endpoint, desiredCount } = await servingBy(session.cloud, attrs);
    const { loadBalancer } = session.config;
    const check = options.check && endpoint !== undefined && desiredCount > 0;
    if (check) await checkEndpoint(session, endpoint, signal);

    const { summarise } = await import('../output/plan-text.ts');
    const result = {
      stack: session.identity.stack,
      endpoint: endpoint?.url,
      changed: planned.changes,
      checked: check,
      warnings: session.warnings,
      ms: Date.now() - started,
    };
    if (options.json === true) host.stdout.write(`${JSON.stringify({ type: 'result', ...result })}\n`);
    else {
      const what = planned.changes
        ? `done: ${summarise(planned.actions, true)}`
        : `no changes: all ${planned.actions.length} resources are as the config asks`;
      tell(`${what} (${formatDuration(result.ms)})${check ? '; the endpoint answers' : ''}\n`);
      if (endpoint !== undefined) {
        if (loadBalancer.https?.certificateArn !== undefined) tell(`${howToReach(endpoint)}\n`);
        host.stdout.write(`${endpoint.url}\n`);
      }
    }
    return ExitCode.ok;
  },
};

/** DNS is not this stack's where the certificate is not. */
function howToReach({ host, serverName, url }: Endpoint): string {
  return new URL(url).hostname === host
    ? `the certificate is for other names than ${host}: lead one of them there by a CNAME record`
    : `${serverName} has to lead to ${host}, by a CNAME or alias record that you make`;
}

/** Plans, asks, applies; resolves with the plan and what stands now, or with undefined where the answer was no. */
async function bringUp(
  session: Session,
  context: CommandContext<UpOptions>,
): Promise<{ planned: Plan<Cloud>; attrs: Outcome['attrs'] } | undefined> {
  const planned = await planStack(session, context);
  if (!planned.changes && planned.settled) {
    const attrs = [...planned.nodes].map(([id, { current }]) => [id, current!.attrs] as const);
    return { planned, attrs: new Map(attrs) };
  }
  const { assertPermitted } = await import('../engine/plan.ts');
  assertPermitted(planned);
  const { preflight } = await import('./preflight.ts');
  await preflight(session, planned, (text) => {
    if (context.options.json !== true) context.host.stderr.write(`note: ${text}\n`);
  });
  if (planned.changes && session.identity.region !== 'local' && context.options.yes !== true) {
    const { renderPlan } = await import('../output/plan-text.ts');
    const cost = await costLine(planned, session.identity.region);
    context.host.stderr.write(`${renderPlan(planned.actions)}${cost}`);
    if (!(await confirm(`Change stack ${session.identity.stack}?`, context))) return undefined;
  }
  const { attrs } = await applyStack(session, context, planned);
  return { planned, attrs };
}
