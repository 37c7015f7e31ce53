import { messagePrefix } from './message-scan.ts';

/** A stretch of a room's history as one worker has seen it. */
export interface EpochView {
  epoch: string;
  /** When it was first seen, in milliseconds of the shared clock. */
  since: number;
  /** Highest offset that an acknowledgement or a message has named. */
  head: number;
}

/** What one worker knows of a room, as plain data. */
export interface PlainRoom {
  room: string;
  epochs: EpochView[];
  /** The lowest position at which a member began. */
  start: number;
  /** Messages of this worker's clients that were acknowledged with an offset. */
  acknowledged: number;
}

/** A room as the members in one worker have seen it together. */
export class RoomView {
  readonly name: string;
  readonly prefix: string;
  acknowledged = 0;
  readonly #epochs: EpochView[] = [];
  #start = Infinity;

  constructor(name: string) {
    this.name = name;
    this.prefix = messagePrefix(name);
  }

  /** A member begins at a position. */
  begin(position: number): void {
    this.#start = Math.min(this.#start, position);
  }

  /** An offset was named within an epoch. */
  see(epoch: string, offset: number, now: number): void {
    // Nearly always the youngest.
    for (let at = this.#epochs.length - 1; at >= 0; at -= 1) {
      const view = this.#epochs[at]!;
      if (view.epoch !== epoch) continue;
      if (offset > view.head) view.head = offset;
      return;
    }
    this.#epochs.push({ epoch, since: now, head: offset });
  }

  toPlain(): PlainRoom {
    return { room: this.name, epochs: this.#epochs, start: this.#start, acknowledged: this.acknowledged };
  }
}
