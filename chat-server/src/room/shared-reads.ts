import type { Clock } from '../clock.ts';
import type { Head } from '../redis/store.ts';

/** What one look at a room's stream has shown: its head, and messages in a row as JSON. */
export interface Reading {
  head: Head;
  messages: { offset: number; json: Buffer }[];
}

const KEPT_MS = 1000;
const KEPT = 4;

/** Looks at a room's stream, shared by all who stand at the same place: after a node's death that is a whole room. */
export class SharedReads {
  readonly #read: (after: number) => Promise<Reading>;
  readonly #clock: Clock;
  readonly #kept = new Map<number, Promise<Reading>>();

  constructor(read: (after: number) => Promise<Reading>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** What follows on an offset that is not the last one, as it was within the last second. Throws when Redis is away. */
  after(offset: number): Promise<Reading> {
    return this.#kept.get(offset) ?? this.#begin(offset);
  }

  /** Forgets what another epoch held. */
  clear(): void {
    this.#kept.clear();
  }

  #begin(offset: number): Promise<Reading> {
    const reading = this.#read(offset);
    this.#kept.set(offset, reading);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT) this.#kept.delete(oldest!);
    const forget = () => void (this.#kept.get(offset) === reading && this.#kept.delete(offset));
    reading.then(({ messages }) => {
      // Nothing there is no way forward, so the next one looks again.
      if (messages.length === 0) forget();
      else this.#clock.after(KEPT_MS, forget);
    }, forget);
    return reading;
  }
}
