import { formatDuration } from '../lib/durations.ts';
import { ExitCode } from '../lib/errors.ts';
import type { Cause } from '../rollout/cause.ts';
import type { Running } from '../rollout/running.ts';
import type { Watched } from '../rollout/watch.ts';
import { checkEndpoint } from './endpoint.ts';
import type { Session } from './session.ts';
import type { CommandContext } from './spec.ts';

export interface EndOptions {
  /** False with `--no-check`. */
  check: boolean;
  /** A further tag of the image. */
  tag?: string;
}

/** Tags the image where it is to be tagged, and says that the service runs it already. */
export async function unchanged(
  { host, options }: CommandContext<EndOptions>,
  image: string,
  name: string,
  tagIt?: () => Promise<void>,
): Promise<ExitCode> {
  await tagIt?.();
  const { tag } = options;
  const result = { type: 'result', image, name, changed: false, tag };
  const tagged = tag === undefined ? '' : `; it is tagged ${tag}`;
  host.stdout.write(
    options.json === true
      ? `${JSON.stringify(result)}\n`
      : `no change: the service runs ${name} already${tagged}\n`,
  );
  return ExitCode.ok;
}

/** Checks that the endpoint answers, tags the image where it is to be tagged, and says how long the deployment took to serve and to drain. */
export async function done(
  { host, options, signal }: CommandContext<EndOptions>,
  session: Session,
  name: string,
  { servingMs, drainedMs, picture }: Watched,
  tagIt?: () => Promise<void>,
): Promise<ExitCode> {
  const { readStack } = await import('../stack/facts.ts');
  const { endpoint, image } = await readStack(session.cloud, session.scope);
  const checked = options.check && endpoint !== undefined && (picture?.desired ?? 0) > 0;
  if (checked) await checkEndpoint(session, endpoint, signal);
  await tagIt?.();
  const { tag } = options;
  const result = {
    type: 'result',
    image,
    name,
    changed: true,
    servingMs,
    drainedMs,
    endpoint: endpoint?.url,
    checked,
    tag,
  };
  if (options.json === true) host.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const times = `serving after ${formatDuration(servingMs ?? 0)}, drained after ${formatDuration(drainedMs ?? 0)}`;
    const tagged = tag === undefined ? '' : ` and tagged ${tag}`;
    host.stdout.write(`deployed ${name}${tagged}: ${times}${checked ? '; the endpoint answers' : ''}\n`);
  }
  return ExitCode.ok;
}

const logLines = 10;

/** Why a deployment did not come through, as far as its tasks and their logs say, and what the service runs now. */
export async function findingsOf(
  session: Session,
  deployed: Running,
  { picture }: Watched,
): Promise<{ cause: Cause | undefined; log: string[]; serves: string }> {
  const [{ firstCause, lastLogLines }, { readRunning }, { nameOfImage }] = await Promise.all([
    import('../rollout/cause.ts'),
    import('../rollout/running.ts'),
    import('./deploy-image.ts'),
  ]);
  const cause = picture && firstCause(picture);
  const [log, now] = await Promise.all([
    cause === undefined ? [] : lastLogLines(session.cloud, deployed, cause.task, logLines),
    readRunning(session.cloud, session.names),
  ]);
  const { container, service } = now ?? {};
  const image = container?.image === undefined ? 'nothing' : await nameOfImage(session, container.image);
  return { cause, log, serves: `${image} on ${service?.runningCount ?? 0} tasks` };
}
