import { ChatopsError } from '../lib/errors.ts';
import type { EngineContext, ErrorClass } from './context.ts';
import { throwIfInterrupted } from './interrupt.ts';
import { persist } from './retry.ts';

/** Why a write did not go through, where trying again makes sense. */
export interface Refusal {
  as: Exclude<ErrorClass, 'denied' | 'fatal'>;
  error: unknown;
}

/**
 * Makes one write, if this run may still write. Gives back the refusal when it makes sense to look and try again;
 * throws what is final, and `Interrupted` when the user stopped the run before it began.
 */
export async function write<Cloud>(
  context: EngineContext<Cloud>,
  verb: () => Promise<void>,
): Promise<Refusal | undefined> {
  const { guard } = context;
  if (guard) await persist(context, () => guard());
  throwIfInterrupted(context.signal);
  try {
    await verb();
    return undefined;
  } catch (error) {
    if (error instanceof ChatopsError) throw error;
    // A verb that was waiting ends like this when the signal is aborted.
    if (error instanceof Error && error.name === 'AbortError') throwIfInterrupted(context.signal);
    const as = context.classify(error);
    if (as === 'denied' || as === 'fatal') throw context.explain(error);
    return { as, error };
  }
}
