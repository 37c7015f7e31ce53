import { LIMITS } from '../protocol.ts';

/** Messages in a row that fit into one server frame. */
export class Page {
  readonly messages: Buffer[] = [];
  /** The offset of the last message in it, or the one it starts after. */
  last: number;
  #bytes = 0;

  constructor(after: number) {
    this.last = after;
  }

  /** Adds a message's JSON unless the page is full. */
  add(offset: number, json: Buffer): boolean {
    const full =
      this.messages.length === LIMITS.pageMessages ||
      (this.messages.length > 0 && this.#bytes + json.length > LIMITS.pageBytes);
    if (full) return false;
    this.messages.push(json);
    this.#bytes += json.length + 1;
    this.last = offset;
    return true;
  }
}
