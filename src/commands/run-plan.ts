import type { Cloud } from '../aws/cloud.ts';
import type { Emit } from '../engine/events.ts';
import type { Plan } from '../engine/plan.ts';
import type { Lock } from '../engine/lock.ts';
import type { Outcome } from '../engine/outcome.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { createReporter } from '../output/reporter.ts';
import { graphOfStack } from './graph.ts';
import type { Session } from './session.ts';
import type { CommandContext } from './spec.ts';

/** Ids of stateful resources that the user lets go (`--allow-replace`, `--allow-delete`). */
export interface Permissions {
  allowReplace?: string[];
  allowDelete?: string[];
}

/** What `up` would do now; writes nothing. What is not permitted is in the plan's `refusals`. */
export async function planStack(
  session: Session,
  context: CommandContext<Permissions>,
  emit: Emit = () => {},
): Promise<Plan<Cloud>> {
  const [{ plan }, { kinds }, { zoneRefusals }] = await Promise.all([
    import('../engine/plan.ts'),
    import('../resources/index.ts'),
    import('../stack/zone-refusals.ts'),
  ]);
  const nodes = await graphOfStack(session, context.host.packageRoot);
  const planned = await plan(engineContextOf(session, context, emit), nodes, kinds);
  return { ...planned, refusals: [...planned.refusals, ...zoneRefusals(planned)] };
}

/**
 * Brings the stack to what the config asks: plans again as the one writer and carries the plan out. Where nothing
 * has to be written it only waits until everything is ready, and takes no lock. Throws the first failure.
 */
export async function applyStack(
  session: Session,
  context: CommandContext<Permissions & { forceUnlock?: boolean }>,
  { changes }: Plan<Cloud>,
): Promise<Outcome> {
  const { apply } = await import('../engine/apply.ts');
  const run = (guard?: () => Promise<void>) =>
    reported(context, `chatops up ${session.identity.stack}`, async (emit) => {
      const planned = await planStack(session, context, emit);
      return apply({ ...engineContextOf(session, context, emit), ...(guard && { guard }) }, planned);
    });
  return changes ? underLock(session, context, (lock) => run(() => lock.guard())) : run();
}

function engineContextOf(session: Session, { options }: CommandContext<Permissions>, emit: Emit) {
  return {
    ...session.engineContext(emit),
    allowReplace: new Set(options.allowReplace),
    allowDelete: new Set(options.allowDelete),
  };
}

/** Runs with a reporter that shows its events, and turns an outcome that is not `done` into an error. */
export async function reported(
  { host, options }: CommandContext,
  title: string,
  run: (emit: Emit) => Promise<Outcome>,
): Promise<Outcome> {
  const reporter = await createReporter(host, { json: options.json === true, title });
  try {
    const outcome = await run((event) => reporter.event(event));
    await reporter.close();
    assertDone(outcome);
    return outcome;
  } finally {
    await reporter.close();
  }
}

/** Calls `run` as the only writer of the stack. */
export async function underLock<T>(
  session: Session,
  { host, options }: CommandContext<{ forceUnlock?: boolean }>,
  run: (lock: Lock) => Promise<T>,
): Promise<T> {
  const [{ acquireLock }, { ssmLockStore }, { systemClock }] = await Promise.all([
    import('../engine/lock.ts'),
    import('../aws/lock-store.ts'),
    import('../engine/clock.ts'),
  ]);
  const lock = await acquireLock({
    store: ssmLockStore(session.cloud, session.scope),
    stack: session.identity.stack,
    holder: {
      user: host.user,
      host: host.hostname,
      pid: host.pid,
      command: `chatops ${host.args.join(' ')}`,
    },
    clock: systemClock,
    isAlive: ({ pid }) => host.isAlive(pid),
    force: options.forceUnlock === true,
  });
  try {
    return await run(lock);
  } finally {
    await lock.release();
  }
}

function assertDone({ outcome, steps, error }: Outcome): void {
  if (outcome === 'done') return;
  const done = steps.filter(({ status }) => status === 'done').length;
  const hint = 'run the same command again: it continues from here';
  if (outcome === 'interrupted') {
    throw new ChatopsError(`interrupted: ${done} steps are done, nothing is half-done`, {
      code: 'interrupted',
      exit: ExitCode.interrupted,
      hint,
    });
  }
  throw error ?? new ChatopsError('the run failed', { code: 'apply.failed', exit: ExitCode.failed, hint });
}
