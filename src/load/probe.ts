import { randomUUID } from 'node:crypto';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { nameOf } from './back-off.ts';
import { Connection } from './connection.ts';
import type { Cause } from './connection.ts';
import { parseServerFrame } from './server-frame.ts';
import type { Target } from './target.ts';

const patienceMs = 10_000;
const badToken = 4401;

/**
 * Says hello once at each address before thousands do, and keeps those that answer. Throws a ChatopsError (exit 5) with the
 * first reason when none does.
 */
export async function probe(target: Target, token: string | undefined, signal: AbortSignal): Promise<Target> {
  const answers = await Promise.all(target.addresses.map((address) => greet(target, address, token, signal)));
  signal.throwIfAborted();
  const addresses = target.addresses.filter((_, index) => answers[index] === undefined);
  if (addresses.length > 0) return { ...target, addresses };
  const { tls, host, path } = target;
  const wantsToken = answers[0] === `closed with ${badToken}`;
  throw new ChatopsError(`${tls ? 'wss' : 'ws'}://${host}${path} lets nobody in: ${answers[0]}`, {
    code: 'loadtest.unreachable',
    exit: ExitCode.failed,
    hint: wantsToken
      ? 'give --token a JWT that this server takes'
      : 'see `chatops status` and `chatops logs`, or correct --url: it must speak the chat protocol',
  });
}

/** Resolves with undefined after a `welcome`, else with what came instead. */
function greet(
  target: Target,
  address: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const finish = (problem: string | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(problem);
      connection.close(1000);
    };
    const connection = new Connection(
      { target, address, cookies: [] },
      {
        opened: () =>
          connection.send(JSON.stringify({ type: 'hello', client: randomUUID(), name: 'probe', token })),
        text: (buffer, start, end) => {
          const frame = parseServerFrame(buffer.toString('utf8', start, end));
          if (frame?.type === 'welcome') finish(undefined);
          else if (frame?.type === 'error') finish(`error ${frame.code}`);
        },
        closed: (cause: Cause) =>
          finish(cause.kind === 'closed' ? `closed with ${cause.code}` : nameOf(cause)),
      },
    );
    const abort = () => connection.abort({ kind: 'failed', reason: 'interrupted' });
    const timer = setTimeout(
      () => connection.abort({ kind: 'failed', reason: `no answer in ${patienceMs / 1000} s` }),
      patienceMs,
    );
    signal.addEventListener('abort', abort);
  });
}
