import { refused } from '../../../src/local-cloud/dispatch.ts';
import { drawFault, faultError } from '../../../src/local-cloud/faults.ts';
import { connectionReset } from '../../helpers/in-process.ts';
import type { Intercept } from '../../helpers/in-process.ts';

/** What goes wrong, as shares of all calls. */
export const rates = { throttle: 0.3, errors: 0.05, resets: 0.05, lost: 0.02 };

/** Calls that are throttled, fail or are cut off. Half of those that fail or are cut off have been performed all the same. */
export function faultyCalls(random: () => number, tell: (what: string) => void): Intercept {
  return async ({ service }, perform) => {
    const fault = random() < rates.lost ? 'answer-lost' : drawFault({ ...rates, latency: 0 }, random);
    if (fault === undefined) return perform();
    tell(fault);
    if (fault === 'throttled') return refused(service, faultError(service, fault));
    if (fault === 'answer-lost' || (fault === 'failed' && random() < 0.5)) await perform();
    if (fault === 'failed') return refused(service, faultError(service, fault));
    throw connectionReset();
  };
}
