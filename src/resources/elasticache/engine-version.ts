/**
 * Whether a cache that reports one engine version (`8.0.1`) is what a config asks for (`8.0`). AWS adds the patch
 * level by itself and, where it may install minor versions, also raises the minor one.
 */
export function satisfies(wanted: string, reported: string, minorUpgrades: boolean): boolean {
  const [want, have] = [parts(wanted), parts(reported)];
  if (want.every((part, index) => part === have[index])) return true;
  return minorUpgrades && want[0] === have[0] && isLower(want, have);
}

/** Whether version `a` comes before version `b`. */
export function isOlder(a: string, b: string): boolean {
  return isLower(parts(a), parts(b));
}

/** The family of parameters that goes with an engine and its version: `valkey8`, `redis7`, `redis6.x`, `redis5.0`. */
export function familyOf(engine: 'valkey' | 'redis', version: string): string {
  const [major = 0, minor = 0] = parts(version);
  if (engine === 'valkey' || major >= 7) return `${engine}${major}`;
  return major === 6 ? 'redis6.x' : `redis${major}.${minor}`;
}

function parts(version: string): number[] {
  return version.split('.').map(Number);
}

function isLower(a: number[], b: number[]): boolean {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? 0;
    if (part !== other) return part < other;
  }
  return false;
}
