import { payloadOf } from '../frame.ts';
import type { Page } from './page.ts';

const KEPT = 64;
const LARGEST = 4096;

/** The last frames of a room, so that most joins and short absences cost Redis nothing. */
export class RecentFrames {
  readonly #slots: ({ offset: number; frame: Buffer } | undefined)[] = [];

  add(offset: number, frame: Buffer): void {
    this.#slots[offset % KEPT] = frame.length <= LARGEST ? { offset, frame } : undefined;
  }

  has(offset: number): boolean {
    return this.#slots[offset % KEPT]?.offset === offset;
  }

  /** Adds to a page what follows on it, up to and with `upTo`, as far as it is here and fits. */
  continue(page: Page, upTo: number): void {
    while (page.last < upTo) {
      const next = this.#slots[(page.last + 1) % KEPT];
      if (next?.offset !== page.last + 1 || !page.add(next.offset, payloadOf(next.frame))) return;
    }
  }

  clear(): void {
    this.#slots.length = 0;
  }
}
