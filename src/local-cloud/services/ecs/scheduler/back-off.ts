/** From this many failures in a row on, the service says that it cannot start tasks consistently. */
export const inconsistentFrom = 3;

const longest = 300_000;

/** Milliseconds to wait before the next start after so many failed tasks in a row: none after the first, then 1 s, doubling up to 5 min. */
export function backOffOf(failures: number): number {
  return failures < 2 ? 0 : Math.min(longest, 1000 * 2 ** (failures - 2));
}
