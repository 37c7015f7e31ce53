import { ChatopsError, ExitCode } from '../../lib/errors.ts';

interface Standing {
  status: string;
  /** Its endpoint comes a while after the rest. */
  host: string | undefined;
}

/** Whether a cache can be used, else what it is waiting for. Throws where it could not be made. */
export function cacheReady(
  kind: 'replication group' | 'serverless cache',
  name: string,
  { status, host }: Standing,
): true | string {
  if (status === 'create-failed') {
    throw new ChatopsError(`${kind} ${name} could not be created`, {
      code: `${kind.replace(' ', '-')}.create-failed`,
      exit: ExitCode.failed,
      hint: 'Look at its events (`aws elasticache describe-events`), run `chatops down`, and try again.',
    });
  }
  if (status !== 'available') return status;
  return host !== undefined || 'waiting for the endpoint';
}
