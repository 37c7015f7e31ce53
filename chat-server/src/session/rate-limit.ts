/** What a frame may do: pass, be refused with an error, or end the connection. */
export type RateVerdict = 'pass' | 'refuse' | 'close';

/** A token bucket that may go as far below zero as it may be full, so that one burst too many is told before it is punished. */
export class RateLimit {
  readonly #rates: { rateLimit: number; rateBurst: number };
  #tokens: number;
  #at: number;

  /** `rates`: frames in a second, and at once. */
  constructor(rates: { rateLimit: number; rateBurst: number }, now: number) {
    this.#rates = rates;
    this.#tokens = rates.rateBurst;
    this.#at = now;
  }

  take(now: number): RateVerdict {
    const { rateLimit, rateBurst } = this.#rates;
    // A clock that is set back is nobody's fault here.
    const passed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(rateBurst, this.#tokens + (passed * rateLimit) / 1000) - 1;
    this.#at = now;
    if (this.#tokens >= 0) return 'pass';
    return this.#tokens >= -rateBurst ? 'refuse' : 'close';
  }
}
