import type { FinalizeRequestMiddleware, MetadataBearer, Pluggable } from '@smithy/types';

import type { Clock } from '../engine/clock.ts';
import { backingOff } from '../engine/wait.ts';
import { classify, neverArrived } from './error-class.ts';
import { rememberCall } from './errors.ts';
import { isRepeatable, isWrite } from './operations.ts';
import type { Call } from './operations.ts';

export interface RetryOptions {
  /** As endpoints name it: `ec2`. */
  service: string;
  clock: Clock;
  /** How long a call is tried again, in milliseconds. */
  patience: number;
  /** Ends the waiting between two attempts; a call in flight finishes. */
  signal: AbortSignal;
  /** Told about each attempt as it leaves. */
  onCall?: (call: Call) => void;
}

/** A call that is refused for now has found its way, so it is tried again for so long at least, in milliseconds. */
const throttledPatience = 60_000;

/**
 * In place of the SDK's own retries, which send a creating call again when its answer was lost (CreateVpc then
 * leaves two VPCs), and give up on throttling after two seconds. Here: whatever was refused because of throttling
 * or never arrived is sent again; what failed in another passing way only if it is a reading or repeatable.
 * The rest goes to the engine, which looks before it writes again.
 */
export function retrying(options: RetryOptions): Pluggable<object, MetadataBearer> {
  return {
    applyToStack: (stack) =>
      stack.add(middleware(options), {
        // The name under which every client registers the SDK's own.
        name: 'retryMiddleware',
        step: 'finalizeRequest',
        priority: 'high',
        override: true,
      }),
  };
}

function middleware({
  service,
  clock,
  patience,
  signal,
  onCall,
}: RetryOptions): FinalizeRequestMiddleware<object, MetadataBearer> {
  return (next, context) => async (args) => {
    const operation = String(context.commandName).replace(/Command$/, '');
    const call: Call = { service, operation, write: isWrite(operation) };
    const repeatable = isRepeatable(operation, (args.request as { body?: unknown }).body);
    const startedAt = clock.now();
    const back = backingOff({ clock, signal });
    for (;;) {
      try {
        onCall?.(call);
        return await next(args);
      } catch (error) {
        rememberCall(error, call);
        const longest = classify(error) === 'throttled' ? Math.max(patience, throttledPatience) : patience;
        const isLate = clock.now() - startedAt >= longest;
        if (!mayRepeat(error, repeatable) || signal.aborted || isLate) throw error;
        await back.wait();
      }
    }
  };
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  const as = classify(error);
  return as === 'throttled' || (as === 'transient' && (repeatable || neverArrived(error)));
}
