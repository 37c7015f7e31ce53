import type { Clock } from './clock.ts';
import { pause } from './interrupt.ts';

interface Waiting {
  clock: Clock;
  signal: AbortSignal;
  random?: () => number;
}

/** Waits between two looks at something, longer each time. */
export interface Pace {
  /** Waits; throws `Interrupted` when the signal is aborted. */
  wait(): Promise<void>;
  /** Something happened: begin with short waits again. */
  reset(): void;
}

/** The pace at which the engine asks whether something is ready or gone: 0.2 s, growing by half up to 5 s, ± 20 %. */
export function polling(context: Waiting): Pace {
  return pace(context, { first: 200, factor: 1.5, longest: 5_000, jitter: 0.2 });
}

/** The pace at which the engine tries again after a refusal: 0.4 s, doubling up to 20 s, ± 50 %, so that many clients spread out. */
export function backingOff(context: Waiting): Pace {
  return pace(context, { first: 400, factor: 2, longest: 20_000, jitter: 0.5 });
}

function pace(
  context: Waiting,
  { first, factor, longest, jitter }: Record<'first' | 'factor' | 'longest' | 'jitter', number>,
): Pace {
  const random = context.random ?? Math.random;
  let next = first;
  return {
    async wait() {
      const ms = next * (1 + jitter * (2 * random() - 1));
      next = Math.min(next * factor, longest);
      await pause(context, ms);
    },
    reset() {
      next = first;
    },
  };
}
