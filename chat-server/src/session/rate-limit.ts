/** What a frame may do: pass, be refused with an error, or end the connection. */
export type RateVerdict = 'pass' | 'refuse' | 'close';

/** A token bucket that may go as far below zero as it may be full, so that one burst too many is told before it is punished. */
export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  take(now: number): RateVerdict {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs) - 1;
    this.#at = now;
    if (this.#tokens >= 0) return 'pass';
    return this.#tokens >= -this.#burst ? 'refuse' : 'close';
  }
}
