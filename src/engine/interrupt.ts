import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { Clock } from './clock.ts';

/** Ends a step, or a whole command, that the user stopped; what was done stays, and the next run goes on from there. */
export class Interrupted extends ChatopsError {
  constructor(message = 'interrupted') {
    super(message, {
      code: 'run.interrupted',
      exit: ExitCode.interrupted,
      hint: 'run the same command again: it goes on from here',
    });
  }
}

/** Throws {@link Interrupted} once the signal is aborted: called before each write and each wait. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

/** Waits `ms` milliseconds; throws {@link Interrupted} as soon as the signal is aborted. */
export async function pause(context: { clock: Clock; signal: AbortSignal }, ms: number): Promise<void> {
  throwIfInterrupted(context.signal);
  try {
    await context.clock.sleep(ms, context.signal);
  } catch (error) {
    throwIfInterrupted(context.signal);
    throw error;
  }
}
