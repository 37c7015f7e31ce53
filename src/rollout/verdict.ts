import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { formatDuration } from '../lib/durations.ts';
import { progressOf } from './changes.ts';
import type { Cause } from './cause.ts';
import type { Watched } from './watch.ts';

/** What is known at the end of a rollout, besides what was watched. */
export interface Known {
  /** The image that was deployed, and the one before, as people call them; `from` is unknown to who only followed. */
  to: string;
  from: string | undefined;
  /** What the service is at now. */
  serves: string;
  cause: Cause | undefined;
  /** Last lines of the task that failed first. */
  log: string[];
  /** Milliseconds that the rollout was followed at most. */
  timeout: number;
}

/** Whether ECS called the deployment a success. Pure. */
export function hasSucceeded({ ended, picture }: Watched): boolean {
  return ended === 'verdict' && picture?.status === 'SUCCESSFUL';
}

/** The error that a rollout without success ends with, its first cause in the first line. Pure. */
export function failureOf(watched: Watched, known: Known): ChatopsError {
  const { picture, ended } = watched;
  if (ended === 'interrupted') return interrupted(watched, known);
  if (ended === 'timeout') return timedOut(watched, known);
  const status = picture?.status ?? '';
  const { to, cause } = known;
  const why = cause === undefined ? (picture?.reason ?? 'ECS gives no reason') : describe(cause);
  return new ChatopsError(`${to} ${outcomes[status] ?? `ended as ${status}`}: ${why}`, {
    code: 'deploy.failed',
    exit: ExitCode.failed,
    hint: hintAfter(known),
    details: [...logDetails(known), `now at: ${known.serves}`],
    fields: { status, image: to, serves: known.serves, task: cause?.task, cause: why, log: known.log },
  });
}

const outcomes: Record<string, string> = {
  ROLLBACK_SUCCESSFUL: 'was rolled back',
  ROLLBACK_FAILED: 'failed, and so did the way back',
  STOPPED: 'was stopped',
};

function hintAfter({ cause, log }: Known): string {
  if (cause === undefined) return 'see `chatops status` for the service events, then deploy again';
  const read = log.length === 0 ? '' : `read \`chatops logs --task ${cause.task.slice(0, 8)}\`, `;
  return `${read}put it right, and deploy again under another tag`;
}

function timedOut(watched: Watched, known: Known): ChatopsError {
  const { to, cause, timeout } = known;
  const why = cause === undefined ? '' : `; ${describe(cause)}`;
  return new ChatopsError(
    `${to} is not through after ${formatDuration(timeout)}: ${stateOf(watched)}${why}`,
    {
      code: 'deploy.timeout',
      exit: ExitCode.timeout,
      hint: `it goes on without you: ${howToGoOn(known)}`,
      details: logDetails(known),
      fields: { status: watched.picture?.status, image: to, task: cause?.task },
    },
  );
}

function interrupted(watched: Watched, known: Known): ChatopsError {
  return new ChatopsError(`stopped following; the rollout of ${known.to} goes on: ${stateOf(watched)}`, {
    code: 'interrupted',
    exit: ExitCode.interrupted,
    hint: howToGoOn(known),
  });
}

function howToGoOn({ to, from }: Known): string {
  const back = from === undefined ? '' : `, or go back with \`chatops deploy --image ${from}\``;
  return `follow it with \`chatops deploy --image ${to}\`${back}`;
}

function stateOf({ picture }: Watched): string {
  if (picture === undefined) return 'nothing is known of it yet';
  const { healthy, desired, old, leaving } = progressOf(picture);
  return `${healthy} of ${desired} new tasks healthy, ${old + leaving} old left`;
}

function describe({ task, text }: Cause): string {
  return `task ${task.slice(0, 8)}: ${text}`;
}

function logDetails({ log }: Known): string[] {
  return log.length === 0 ? [] : ['its last log lines:', ...log.map((line) => `  ${line}`)];
}
