import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Store } from '../redis/store.ts';

/** This node's sign of life in Redis, and which other nodes give one. A node that has died stops being counted when its lease ends. */
export class NodeLease {
  readonly #node: string;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #leaseMs: number;
  readonly #onChange: (held: boolean) => void;
  readonly #stop: () => void;
  #live = new Set<string>();

  /** `onChange` is called when nodes have come or gone, or, with `held` false, when others may have dropped our members. */
  constructor(
    node: string,
    store: Store,
    clock: Clock,
    leaseMs: number,
    log: Logger,
    onChange: (held: boolean) => void,
  ) {
    this.#node = node;
    this.#store = store;
    this.#log = log;
    this.#leaseMs = leaseMs;
    this.#onChange = onChange;
    this.#stop = clock.every(this.#leaseMs / 3, () => void this.renew());
  }

  /** How many nodes there are, this one included. */
  get nodes(): number {
    return Math.max(1, this.#live.size);
  }

  isLive(node: string): boolean {
    return this.#live.has(node);
  }

  /** Counts a node as alive that has just spoken; the next renewal knows better. */
  heard(node: string): void {
    this.#live.add(node);
  }

  /** Answers whether Redis was there to say who lives. */
  async renew(): Promise<boolean> {
    try {
      const { held, live } = await this.#store.lease(this.#node);
      const before = this.#live;
      this.#live = new Set(live);
      const same = before.size === live.length && live.every((node) => before.has(node));
      if (!held || !same) this.#onChange(held);
      return true;
    } catch (error) {
      this.#log.debug('lease not renewed', { reason: reasonOf(error) });
      return false;
    }
  }

  async end(): Promise<void> {
    this.#stop();
    await this.#store.endLease(this.#node).catch(() => {});
  }
}
