import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import type { Endpoint } from '../aws/endpoint.ts';
import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import type { Session } from './session.ts';

const patienceMs = 60_000;

/**
 * Asks the endpoint for its health check's path until it answers with a code that the matcher accepts. The question
 * goes to the load balancer itself, under the name that it will have: whether that name leads there already is not
 * asked, since who asks too early remembers the no; whether the certificate is good for it is.
 * Throws a ChatopsError (exit 5) with the last answer after a minute: DNS of a new load balancer takes that long.
 */
export async function checkEndpoint(
  { config, authority }: Pick<Session, 'config' | 'authority'>,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  const check = config.loadBalancer.healthCheck;
  const url = new URL(check.path, endpoint.url);
  const trusted = await authority();
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask(url, { ...endpoint, trusted }, signal);
    signal.throwIfAborted();
    if (typeof answer === 'number' && matches(answer, check.matcher)) return;
    if (Date.now() > deadline) {
      const said =
        typeof answer === 'number' ? `answers ${answer}, not ${check.matcher}` : `does not answer: ${answer}`;
      throw new ChatopsError(`${url.href} ${said}`, {
        code: 'endpoint.unreachable',
        exit: ExitCode.failed,
        hint: 'see `chatops status` and `chatops logs`; if it cannot be reached from here, add --no-check',
      });
    }
    await delay(500, undefined, { signal });
  }
}

/** The status code, or why there is none. `trusted` is an authority (PEM) that counts besides the known ones. */
function ask(
  url: URL,
  { host, serverName, trusted }: Endpoint & { trusted: string | undefined },
  signal: AbortSignal,
): Promise<number | string> {
  const isHttps = url.protocol === 'https:';
  const options = {
    host,
    port: url.port === '' ? (isHttps ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: { Host: url.host },
    agent: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
  };
  return new Promise((resolve) => {
    const request = isHttps
      ? requestHttps({
          ...options,
          servername: serverName,
          ...(trusted && { ca: [...rootCertificates, trusted] }),
        })
      : requestHttp(options);
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on('error', (error) => resolve(messageOf(error)));
    request.end();
  });
}

function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((range) => {
    const [from, to = from] = range.split('-').map(Number) as [number, number?];
    return status >= from && status <= to;
  });
}
