import { ExitCode } from '../lib/errors.ts';
import { formatDuration } from '../lib/durations.ts';
import { confirm } from './confirm.ts';
import { checkEndpoint } from './endpoint.ts';
import { applyStack, planStack } from './run-plan.ts';
import { describeConfig, openSession } from './session.ts';
import type { CommandSpec } from './spec.ts';

interface UpOptions {
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
    { flags: '--force-unlock', description: 'take the lock over from another run that is known to be dead' },
  ],

  async run(context) {
    const { host, options, signal } = context;
    const started = Date.now();
    const session = await openSession(context);
    const tell = (text: string) => void (options.json === true || host.stderr.write(text));
    tell(`${describeConfig(session)}\n`);

    const planned = await planStack(session, host.packageRoot);
    if (planned.changes) {
      if (session.identity.region !== 'local' && options.yes !== true) {
        const { renderPlan } = await import('../output/plan-text.ts');
        host.stderr.write(renderPlan(planned.actions));
        if (!(await confirm(`Change stack ${session.identity.stack}?`, context))) return ExitCode.interrupted;
      }
      await applyStack(session, context);
    }

    const { readStack } = await import('../stack/facts.ts');
    const { endpoint } = await readStack(session.cloud, session.scope);
    const { service, loadBalancer } = session.config;
    const check = options.check && endpoint !== undefined && service.count > 0;
    if (check) await checkEndpoint(endpoint, loadBalancer.healthCheck, signal);

    const { summarise } = await import('../output/plan-text.ts');
    const result = {
      stack: session.identity.stack,
      endpoint,
      changed: planned.changes,
      checked: check,
      ms: Date.now() - started,
    };
    if (options.json === true) host.stdout.write(`${JSON.stringify({ type: 'result', ...result })}\n`);
    else {
      const what = planned.changes
        ? `done: ${summarise(planned.actions)}`
        : `no changes: all ${planned.actions.length} resources are as the config asks`;
      tell(`${what} (${formatDuration(result.ms)})${check ? '; the endpoint answers' : ''}\n`);
      if (endpoint !== undefined) host.stdout.write(`${endpoint}\n`);
    }
    return ExitCode.ok;
  },
};
