import type { LoadedConfig } from '../config/load.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { formatDuration } from '../lib/durations.ts';
import { confirm } from './confirm.ts';
import { graphForOrder } from './graph.ts';
import { reported, underLock } from './run-plan.ts';
import { loadConfigOf, openExistingSession, stopLocalIfEmpty } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface DownOptions {
  yes?: boolean;
  forceUnlock?: boolean;
}

export const down: CommandSpec<DownOptions> = {
  name: 'down',
  summary: 'remove the whole stack, and prove that nothing is left',
  description:
    'Lists what will go, asks, deletes it in an order that AWS accepts, and ends with a listing of every kind that finds nothing. The local cloud stops with its last stack.',
  json: true,
  options: [
    { flags: '-y, --yes', description: 'do not ask' },
    { flags: '--force-unlock', description: 'take the lock over from another run that is known to be dead' },
  ],

  async run(context) {
    const { host, options } = context;
    const started = Date.now();
    refuseProtected(await loadConfigOf(context));
    const session = await openExistingSession(context);
    if (session === undefined) return nothingToRemove(context);
    const [{ planDestroy, destroy }, { kinds }] = await Promise.all([
      import('../engine/destroy.ts'),
      import('../resources/index.ts'),
    ]);

    const nodes = await graphForOrder(session);
    const going = await planDestroy(
      session.engineContext(() => {}),
      nodes,
      kinds,
    );
    if (going.length === 0) {
      await stopLocalIfEmpty(session);
      return nothingToRemove(context);
    }
    if (options.yes !== true) {
      const { renderPlan } = await import('../output/plan-text.ts');
      host.stderr.write(renderPlan(going));
      const all = `all ${going.length} resources of ${session.identity.stack}`;
      if (!(await confirm(`Delete ${all}? Messages and images go too.`, context)))
        return ExitCode.interrupted;
    }
    await underLock(session, context, (lock) =>
      reported(context, `chatops down ${session.identity.stack}`, (emit) =>
        destroy({ ...session.engineContext(emit), guard: () => lock.guard() }, nodes, kinds),
      ),
    );
    await stopLocalIfEmpty(session);
    return report(context, session.identity.stack, going.length, Date.now() - started);
  },
};

/** Throws where the config says that the stack stays. */
function refuseProtected({ config, identity }: LoadedConfig): void {
  if (!config.protect) return;
  const { environment, stack } = identity;
  const field = environment === 'default' ? 'protect' : `environments.${environment}.protect`;
  throw new ChatopsError(`stack ${stack} is protected`, {
    code: 'stack.protected',
    exit: ExitCode.config,
    hint: `set "${field}" to false in the config file, and run the same command again`,
    fields: { stack },
  });
}

async function nothingToRemove(context: CommandContext<DownOptions>): Promise<ExitCode> {
  const { identity } = await loadConfigOf(context);
  return report(context, identity.stack, 0, 0);
}

function report(
  { host, options }: CommandContext<DownOptions>,
  stack: string,
  removed: number,
  ms: number,
): ExitCode {
  if (options.json === true)
    host.stdout.write(`${JSON.stringify({ type: 'result', stack, removed, left: 0, ms })}\n`);
  else if (removed === 0) host.stdout.write(`nothing to remove: stack ${stack} is not up\n`);
  else
    host.stdout.write(
      `removed: ${removed} resources of ${stack} are gone, and no listing finds any (${formatDuration(ms)})\n`,
    );
  return ExitCode.ok;
}
