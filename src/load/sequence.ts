import { Gaps } from './gaps.ts';

/** What one more message on the wire is: the next one, the next after a gap, one from a gap that comes late, or one seen before. */
export type Arrival = 'next' | 'skipping' | 'late' | 'duplicate';

/** What one member of a room has seen, offset by offset, in the order of the wire. It removes nothing and forgives nothing. */
export class Sequence {
  epoch: string;
  /** The highest offset seen. */
  position: number;
  #gaps: Gaps | undefined;
  /** Missing offsets of histories that are over. */
  #forfeited = 0;

  /** `position`: the offset before the first message that this member must see. */
  constructor(epoch: string, position: number) {
    this.epoch = epoch;
    this.position = position;
  }

  /** Offsets that should have been seen before the present position. */
  get missing(): number {
    return this.#forfeited + (this.#gaps?.count ?? 0);
  }

  take(offset: number): Arrival {
    if (offset === this.position + 1) {
      this.position = offset;
      return 'next';
    }
    if (offset <= this.position) return this.#gaps?.take(offset) === true ? 'late' : 'duplicate';
    this.skipTo(offset - 1);
    this.position = offset;
    return 'skipping';
  }

  /** Goes on from a later offset, which leaves everything before it missing; returns how many that are. */
  skipTo(offset: number): number {
    const skipped = Math.max(0, offset - this.position);
    if (skipped === 0) return 0;
    this.#gaps ??= new Gaps();
    this.#gaps.add(this.position + 1, offset);
    this.position = offset;
    return skipped;
  }

  /** Goes on from wherever the server says that the history continues. */
  restart(epoch: string, position: number): void {
    this.#forfeited = this.missing;
    this.#gaps = undefined;
    this.epoch = epoch;
    this.position = position;
  }
}
