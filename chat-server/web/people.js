const TYPING_MS = 4000;

/** Who is in a room and who is writing there. */
export class People {
  #names = [];
  #total = 0;
  #writers = new Map();
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  get total() {
    return this.#total;
  }

  /** Those whose names are known, in order. */
  get names() {
    return this.#names.toSorted((a, b) => a.localeCompare(b));
  }

  get writers() {
    return [...this.#writers.values()].map(({ from }) => from);
  }

  /** Starts over with what `joined` says. */
  open({ count, names }) {
    this.#names = [...names];
    this.#total = count;
    for (const { timer } of this.#writers.values()) clearTimeout(timer);
    this.#writers.clear();
    this.#onChange();
  }

  change({ joined, left, count }) {
    for (const name of left) {
      const at = this.#names.indexOf(name);
      if (at >= 0) this.#names.splice(at, 1);
    }
    this.#names.push(...joined);
    this.#total = count;
    this.#onChange();
  }

  typing({ client, from }) {
    clearTimeout(this.#writers.get(client)?.timer);
    const timer = setTimeout(() => this.wrote(client), TYPING_MS);
    this.#writers.set(client, { from, timer });
    this.#onChange();
  }

  /** A message of this client has come, or none after all. */
  wrote(client) {
    clearTimeout(this.#writers.get(client)?.timer);
    if (this.#writers.delete(client)) this.#onChange();
  }
}
