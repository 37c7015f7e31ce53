import type { SlotRange } from '../../runtime/data-plane.ts';

const all = 16_384;

/** Spreads the slots evenly over so many node groups, given what each of them has now (nothing, where it is new): as few as possible move. Pure. */
export function spreadSlots(held: SlotRange[][]): SlotRange[][] {
  const shares = held.map((_, index) => Math.floor(all / held.length) + (index < all % held.length ? 1 : 0));
  const kept = held.map((ranges, index) => slotsIn(ranges).slice(0, shares[index]));
  const taken = new Set(kept.flat());
  const free = Array.from({ length: all }, (_, slot) => slot).filter((slot) => !taken.has(slot));
  return kept.map((slots, index) => rangesOf([...slots, ...free.splice(0, shares[index]! - slots.length)]));
}

/** As ElastiCache writes them: `0-5461` or `0-5460,16000`. */
export function slotsText(ranges: SlotRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

function slotsIn(ranges: SlotRange[]): number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function rangesOf(slots: number[]): SlotRange[] {
  const ranges: SlotRange[] = [];
  for (const slot of slots.toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.to === slot - 1) last.to = slot;
    else ranges.push({ from: slot, to: slot });
  }
  return ranges;
}
