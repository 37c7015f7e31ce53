import { setTimeout as delay } from 'node:timers/promises';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { daemonFile, localStatus } from './local-daemon.ts';
import { requestLocal } from './local-request.ts';

/** How the local cloud is hurt: `what`, and what it takes besides, as src/local-cloud/chaos.ts lists them. */
export interface Chaos {
  what: string;
  /** The beginning of a task's id. */
  task?: string | undefined;
  /** Shares of all AWS calls, from 0 to 1, and milliseconds. */
  throttle?: number;
  errors?: number;
  resets?: number;
  latency?: number;
}

/** What was done, in a few words, and to which process. */
export interface ChaosResult {
  did: string;
  pid?: number;
  task?: string;
  faults?: Record<string, number>;
}

/** Hurts the local cloud of a folder (`POST /_chatops/chaos`). Throws a ChatopsError where none runs or what was named is not there. */
export async function chaosLocal(folder: string, chaos: Chaos): Promise<ChaosResult> {
  const daemon = await daemonFile(folder);
  if (daemon === undefined || (await localStatus(folder)) === undefined) throw notRunning();
  const answer = await requestLocal<ChaosResult | { error: string; choices?: string[] }>(daemon, {
    method: 'POST',
    path: '/_chatops/chaos',
    timeout: 10_000,
    body: chaos,
  });
  if (answer === undefined) throw notRunning();
  if ('error' in answer) throw refused(answer.error, answer.choices);
  // What is said to be dead is dead.
  while (chaos.what === 'kill-daemon' && (await localStatus(folder)) !== undefined) await delay(10);
  return answer;
}

function notRunning(): ChatopsError {
  return new ChatopsError('the local cloud does not run', {
    code: 'local.absent',
    exit: ExitCode.failed,
    hint: 'start it with `chatops up`',
  });
}

function refused(message: string, choices: string[] = []): ChatopsError {
  return new ChatopsError(message, {
    code: 'chaos.refused',
    exit: ExitCode.usage,
    hint:
      choices.length === 0
        ? 'see `chatops status` for what runs'
        : `choose one of ${choices.map((id) => id.slice(0, 8)).join(', ')}`,
  });
}
