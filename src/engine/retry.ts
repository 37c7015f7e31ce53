import { ChatopsError } from '../lib/errors.ts';
import type { EngineContext, ErrorClass } from './context.ts';
import { backingOff } from './wait.ts';

const minute = 60_000;

/**
 * How long a reading is tried again, in milliseconds, by the reason for which it failed: throttling of a whole account
 * can last minutes, and what one call of a reading lists can be unknown to the next one while it is new or going.
 */
const patience: Partial<Record<ErrorClass, number>> = {
  throttled: 10 * minute,
  transient: 10 * minute,
  'not-found': minute,
};

/** Calls a reading again, as often as it takes, while it fails for a passing reason. Other errors are explained and thrown. */
export async function persist<T>(context: EngineContext<unknown>, read: () => Promise<T>): Promise<T> {
  const startedAt = context.clock.now();
  const back = backingOff(context);
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ChatopsError) throw error;
      const longest = patience[context.classify(error)] ?? 0;
      if (context.clock.now() - startedAt >= longest) throw context.explain(error);
      await back.wait();
    }
  }
}
