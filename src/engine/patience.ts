import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { EngineContext, ErrorClass } from './context.ts';
import type { StepLog } from './step-log.ts';
import { backingOff } from './wait.ts';
import type { Pace } from './wait.ts';
import type { Refusal } from './write.ts';

const minute = 60_000;

/**
 * How long the same write is tried again, in milliseconds, by the reason for which it was refused. What was just
 * made is visible everywhere within two minutes (an IAM role needs ten seconds until it can be assumed); network
 * interfaces of a load balancer outlive it by several.
 */
const limits: Record<Refusal['as'], number> = {
  throttled: 15 * minute,
  transient: 10 * minute,
  'not-found': 2 * minute,
  exists: 2 * minute,
  conflict: 20 * minute,
  'in-use': 15 * minute,
} satisfies Partial<Record<ErrorClass, number>>;

/** How long a step goes on while writes are refused, and how long it may take in all. */
export class Patience {
  readonly #context: EngineContext<unknown>;
  readonly #log: StepLog;
  readonly #back: Pace;
  readonly #limit: number;
  readonly #startedAt: number;
  #refusedSince: number | undefined;

  /** `seconds`: what the resource usually takes; the step may take four times that, and at least half an hour. */
  constructor(context: EngineContext<unknown>, log: StepLog, seconds: number) {
    this.#context = context;
    this.#log = log;
    this.#back = backingOff(context);
    this.#limit = Math.max(30 * minute, seconds * 4000);
    this.#startedAt = context.clock.now();
  }

  /** Waits before the next try, or throws the explained error when there were enough. */
  async afterRefusal({ as, error }: Refusal): Promise<void> {
    const now = this.#context.clock.now();
    this.#refusedSince ??= now;
    const explained = this.#context.explain(error);
    if (now - this.#refusedSince >= limits[as]) throw explained;
    this.#log.note(`${explained.message}; trying again`);
    await this.#back.wait();
  }

  /** A write went through. */
  afterSuccess(): void {
    this.#refusedSince = undefined;
    this.#back.reset();
  }

  /** Throws when the step has taken too long; `state` says what it was waiting for. */
  check(state: string): void {
    if (this.#context.clock.now() - this.#startedAt < this.#limit) return;
    const minutes = Math.round(this.#limit / minute);
    throw new ChatopsError(`${this.#log.id} is still ${state} after ${minutes} min`, {
      code: 'engine.timeout',
      exit: ExitCode.timeout,
      hint: 'run the same command again: it goes on waiting where this one stopped',
      fields: { id: this.#log.id, state, minutes },
    });
  }
}
