/** Offsets that were skipped, as ranges: a jump by a billion costs as much as a jump by one. */
export class Gaps {
  #ranges: [from: number, to: number][] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds the offsets `from` to `to`, which follow all that are in it. */
  add(from: number, to: number): void {
    if (to < from) return;
    this.#ranges.push([from, to]);
    this.#count += to - from + 1;
  }

  /** Takes one offset out; false when it was not in. */
  take(offset: number): boolean {
    const index = this.#ranges.findIndex(([from, to]) => from <= offset && offset <= to);
    if (index < 0) return false;
    const [from, to] = this.#ranges[index]!;
    const left: [number, number][] = [
      [from, offset - 1],
      [offset + 1, to],
    ];
    this.#ranges.splice(index, 1, ...left.filter(([first, last]) => first <= last));
    this.#count -= 1;
    return true;
  }
}
