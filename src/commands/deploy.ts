import type { Cloud } from '../aws/cloud.ts';
import type { EngineContext } from '../engine/context.ts';
import { parseDuration } from '../lib/durations.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { createRolloutReporter } from '../output/rollout-reporter.ts';
import type { RolloutReporter } from '../output/rollout-reporter.ts';
import type { Rollout } from '../rollout/picture.ts';
import type { Running } from '../rollout/running.ts';
import { done, findingsOf, unchanged } from './deploy-end.ts';
import type { EndOptions } from './deploy-end.ts';
import type { ImageChoice } from './deploy-image.ts';
import { nothingHere } from './nothing-here.ts';
import { underLock } from './run-plan.ts';
import { openExistingSession } from './session.ts';
import type { Session } from './session.ts';
import type { CommandContext, CommandSpec } from './spec.ts';

interface DeployOptions extends EndOptions {
  image?: string;
  build?: boolean;
  /** Milliseconds. */
  timeout: number;
  forceUnlock?: boolean;
}

type Context = CommandContext<DeployOptions>;

export const deploy: CommandSpec<DeployOptions> = {
  name: 'deploy',
  summary: 'roll out an image, watch it, and say what became of it',
  description:
    'Lets the service run another image and follows the rollout until every new task serves and the last old one is gone. An image that does not work is rolled back by ECS: then the command fails and says why. Everything else of the stack stays as it is; `chatops up` keeps the image.',
  json: true,
  options: [
    {
      flags: '-i, --image <image>',
      description: 'a tag or digest of the stack’s own repository, or a reference of any registry',
    },
    {
      flags: '-b, --build',
      description: 'build and push the service first, under the tag of --image or one made of its content',
    },
    {
      flags: '--tag <tag>',
      description:
        'give the image this tag, too, once it serves: it moves where service.imageTagMutability allows it',
    },
    {
      flags: '-t, --timeout <duration>',
      description: 'how long to follow the rollout',
      default: '15m',
      parse: parseDuration,
    },
    {
      flags: '--no-check',
      description: 'leave out the last check of the endpoint, for one that cannot be reached from here',
    },
    { flags: '--force-unlock', description: 'take the lock over from another run that is known to be dead' },
  ],

  async run(context) {
    const choice = choiceOf(context.options);
    const session = await openExistingSession(context);
    const { readRunning } = await import('../rollout/running.ts');
    if (session === undefined || (await readRunning(session.cloud, session.names)) === undefined)
      throw await nothingHere(context);
    const { host, options } = context;
    const reporter = createRolloutReporter(host, options.json === true);
    const engine = session.engineContext(() => {});
    try {
      return await underLock(session, context, (lock) =>
        rollOut({ context, session, reporter, engine: { ...engine, guard: () => lock.guard() } }, choice),
      );
    } catch (error) {
      throw context.signal.aborted ? error : engine.explain(error);
    } finally {
      reporter.close();
    }
  },
};

interface Deployment {
  context: Context;
  session: Session;
  engine: EngineContext<Cloud>;
  reporter: RolloutReporter;
  /** Gives the image the tag of `--tag`. */
  tagIt?: () => Promise<void>;
}

function choiceOf({ image, build }: DeployOptions): ImageChoice {
  if (build === true) return { image, build };
  if (image !== undefined) return { image };
  throw new ChatopsError('deploy needs --image or --build', {
    code: 'deploy.nothing-named',
    exit: ExitCode.usage,
    hint: 'name a tag that was pushed (--image v2), or build and push the service (--build, with or without --image)',
  });
}

/** One deployment, as the only writer of the stack. */
async function rollOut(deployment: Deployment, choice: ImageChoice): Promise<ExitCode> {
  const { session, context, engine, reporter } = deployment;
  const [{ imageToDeploy, nameOfImage }, { readRunning }, { rolloutUnderWay }] = await Promise.all([
    import('./deploy-image.ts'),
    import('../rollout/running.ts'),
    import('../rollout/start.ts'),
  ]);
  const begun = Date.now();
  const running = (await readRunning(session.cloud, session.names))!;
  const image = await imageToDeploy(session, choice, {
    packageRoot: context.host.packageRoot,
    signal: context.signal,
    note: (text) => reporter.event({ type: 'deploy.note', ms: Date.now() - begun, text }),
  });
  const to = choice.image ?? (await nameOfImage(session, image));
  const { tag } = context.options;
  const tagIt = tag === undefined ? undefined : await tagger(deployment, image, tag);
  const tagged = { ...deployment, ...(tagIt && { tagIt }) };
  if (image !== running.container.image) return replace(tagged, running, image, to);
  const rollout = await rolloutUnderWay(engine, running);
  if (rollout === undefined) return unchanged(context, image, to, tagIt);
  reporter.event({ type: 'deploy.note', ms: 0, text: `the rollout of ${to} is under way: following it` });
  return follow(tagged, running, { rollout, to, from: undefined, startedAt: rollout.createdAt });
}

/** What gives an image its further tag. Throws, before anything is changed, where that cannot be. */
async function tagger(
  { session, engine }: Deployment,
  image: string,
  tag: string,
): Promise<() => Promise<void>> {
  const [{ checkTag, tagImage }, { persist }] = await Promise.all([
    import('./image-tag.ts'),
    import('../engine/retry.ts'),
  ]);
  await checkTag(session, image, tag);
  return async () => {
    await engine.guard?.();
    await persist(engine, () => tagImage(session, image, tag));
  };
}

/** Registers the revision, lets the service run it, and follows what ECS makes of it. */
async function replace(
  deployment: Deployment,
  running: Running,
  image: string,
  to: string,
): Promise<ExitCode> {
  const { session, engine, reporter } = deployment;
  const [{ nameOfImage }, { revisionWith }, { startRollout }, { throwIfInterrupted }, { persist }] =
    await Promise.all([
      import('./deploy-image.ts'),
      import('../rollout/revision.ts'),
      import('../rollout/start.ts'),
      import('../engine/interrupt.ts'),
      import('../engine/retry.ts'),
    ]);
  const from = await nameOfImage(session, running.container.image ?? '');
  await engine.guard?.();
  throwIfInterrupted(engine.signal);
  // It looks before it registers, so that one whose answer was lost is not registered twice.
  const revision = await persist(engine, () => revisionWith(session.cloud, session.scope, running, image));
  await engine.guard?.();
  const startedAt = Date.now();
  const rollout = await startRollout(engine, running, revision);
  reporter.event({
    type: 'rollout.started',
    ms: 0,
    revision: revision.slice(revision.lastIndexOf('/') + 1),
    deployment: rollout.deployment,
    from,
    to,
  });
  return follow(deployment, running, { rollout, to, from, startedAt });
}

interface Following {
  rollout: Rollout;
  to: string;
  from: string | undefined;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** Follows a rollout to its end; throws what it came to unless it is good. */
async function follow(
  { session, context, engine, reporter, tagIt }: Deployment,
  running: Running,
  { rollout, to, from, startedAt }: Following,
): Promise<ExitCode> {
  const [{ watchRollout }, { failureOf, hasSucceeded }] = await Promise.all([
    import('../rollout/watch.ts'),
    import('../rollout/verdict.ts'),
  ]);
  const { timeout } = context.options;
  const watched = await watchRollout(engine, rollout, {
    startedAt,
    deadline: Date.now() + timeout,
    emit: (event) => reporter.event(event),
  });
  reporter.close();
  if (hasSucceeded(watched)) return done(context, session, to, watched, tagIt);
  throw failureOf(watched, { to, from, timeout, ...(await findingsOf(session, running, watched)) });
}
