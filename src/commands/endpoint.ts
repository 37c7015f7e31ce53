import { setTimeout as delay } from 'node:timers/promises';
import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';

const patienceMs = 60_000;

/**
 * Asks the endpoint for its health check's path until it answers with a code that the matcher accepts.
 * Throws a ChatopsError (exit 5) with the last answer after a minute: DNS of a new load balancer takes that long.
 */
export async function checkEndpoint(
  endpoint: string,
  check: { path: string; matcher: string },
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(check.path, endpoint).href;
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask(url, signal);
    signal.throwIfAborted();
    if (typeof answer === 'number' && matches(answer, check.matcher)) return;
    if (Date.now() > deadline) {
      const said =
        typeof answer === 'number' ? `answers ${answer}, not ${check.matcher}` : `does not answer: ${answer}`;
      throw new ChatopsError(`${url} ${said}`, {
        code: 'endpoint.unreachable',
        exit: ExitCode.failed,
        hint: 'see `chatops status` and `chatops logs`; if it cannot be reached from here, add --no-check',
      });
    }
    await delay(500, undefined, { signal });
  }
}

/** The status code, or why there is none. */
async function ask(url: string, signal: AbortSignal): Promise<number | string> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    const { cause } = error as Error;
    return messageOf(cause ?? error);
  }
}

function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((range) => {
    const [from, to = from] = range.split('-').map(Number) as [number, number?];
    return status >= from && status <= to;
  });
}
