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

/**
 * The pace at which the engine asks whether something is ready or gone: 0.2 s, growing by half up to 5 s, ± 20 %.
 * Waits of more than a second end with a full second, so that all steps that wait for one kind share its readings.
 */
export function polling(context: Waiting): Pace {
  return pace(context, { first: 200, factor: 1.5, longest: 5_000, jitter: 0.2, align: 1_000 });
}

/** The pace at which the engine tries again after a refusal: 0.4 s, doubling up to 20 s, ± 50 %, so that many clients spread out. */
export function backingOff(context: Waiting): Pace {
  return pace(context, { first: 400, factor: 2, longest: 20_000, jitter: 0.5, align: 1 });
}

type Numbers = Record<'first' | 'factor' | 'longest' | 'jitter' | 'align', number>;

function pace(context: Waiting, { first, factor, longest, jitter, align }: Numbers): Pace {
  const { clock, random = Math.random } = context;
  let next = first;
  return {
    async wait() {
      const ms = next * (1 + jitter * (2 * random() - 1));
      next = Math.min(next * factor, longest);
      const now = clock.now();
      await pause(context, ms < align ? ms : Math.ceil((now + ms) / align) * align - now);
    },
    reset() {
      next = first;
    },
  };
}
