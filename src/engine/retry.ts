import { ChatopsError } from '../lib/errors.ts';
import type { EngineContext } from './context.ts';
import { backingOff } from './wait.ts';

/** How long a reading is tried again, in milliseconds: throttling of a whole account can last minutes. */
const patience = 10 * 60_000;

/**
 * Calls a reading again, as often as it takes within ten minutes, while it is throttled or fails for a passing
 * reason. Other errors are explained and thrown.
 */
export async function persist<T>(context: EngineContext<unknown>, read: () => Promise<T>): Promise<T> {
  const giveUpAt = context.clock.now() + patience;
  const back = backingOff(context);
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ChatopsError) throw error;
      const passing = ['throttled', 'transient'].includes(context.classify(error));
      if (!passing || context.clock.now() >= giveUpAt) throw context.explain(error);
      await back.wait();
    }
  }
}
