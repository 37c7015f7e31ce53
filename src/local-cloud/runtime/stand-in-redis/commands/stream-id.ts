import { Refusal } from '../resp/reply.ts';

const half = 64n;
const mask = (1n << half) - 1n;

export const highestId = (1n << (2n * half)) - 1n;

export const invalidId = (): Refusal =>
  new Refusal('ERR Invalid stream ID specified as stream command argument');

/** `<milliseconds>-<number>`, or the milliseconds alone: then the number is `missing`. */
export function parseId(text: string, missing: bigint): bigint {
  const [, time, number] = /^(\d{1,20})(?:-(\d{1,20}))?$/.exec(text) ?? [];
  if (time === undefined) throw invalidId();
  const [upper, lower] = [BigInt(time), number === undefined ? missing : BigInt(number)];
  if (upper > mask || lower > mask) throw invalidId();
  return (upper << half) | lower;
}

export function formatId(id: bigint): string {
  return `${id >> half}-${id & mask}`;
}

/** Where in entries in the order of their ids the first one stands that is not below an id. */
export function firstAtLeast(entries: { id: bigint }[], id: bigint): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
