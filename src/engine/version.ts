/** Whether one version of this tool is newer than another, by its three numbers. */
export function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, part] of left!.entries()) {
    const other = right![index] ?? 0;
    if (part !== other) return part > other;
  }
  return false;
}

/** The newest of some versions; those that are not known do not count. */
export function newest(versions: Iterable<string | undefined>): string | undefined {
  let best: string | undefined;
  for (const version of versions)
    if (version !== undefined && (best === undefined || isNewer(version, best))) best = version;
  return best;
}
