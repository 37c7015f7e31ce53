import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import type { ParsedTarget, Target } from './target.ts';

/** Finds the addresses once, so that thousands of clients do not each ask. Throws a ChatopsError (exit 5). */
export async function resolveTarget(parsed: ParsedTarget): Promise<Target> {
  const hostname = parsed.via ?? parsed.hostname;
  if (isIP(hostname) !== 0) return { ...parsed, addresses: [hostname] };
  try {
    const found = await lookup(hostname, { all: true, verbatim: false });
    return { ...parsed, addresses: [...new Set(found.map(({ address }) => address))] };
  } catch (error) {
    throw new ChatopsError(`the host ${hostname} has no address: ${messageOf(error)}`, {
      code: 'loadtest.unreachable',
      exit: ExitCode.failed,
      hint: 'check the host in --url; the name of a new load balancer takes a minute to be published',
      cause: error,
    });
  }
}
