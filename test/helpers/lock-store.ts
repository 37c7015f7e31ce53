import type { LockStore } from '../../src/engine/lock.ts';

/** A lock store in memory; `delay` is awaited before and after each operation is performed. */
export function memoryLockStore(delay: () => Promise<void> = () => Promise.resolve()) {
  const entries = new Map<number, string>();
  const faults = { loseNextAnswer: false };
  const perform = async <T>(operation: () => T): Promise<T> => {
    await delay();
    const result = operation();
    await delay();
    if (faults.loseNextAnswer) {
      faults.loseNextAnswer = false;
      throw new Error('socket hang up');
    }
    return result;
  };
  const store: LockStore = {
    list: () => perform(() => [...entries].map(([n, value]) => ({ n, value }))),
    create: (n, value) =>
      perform(() => {
        if (entries.has(n)) return false;
        entries.set(n, value);
        return true;
      }),
    remove: (n) =>
      perform(() => {
        entries.delete(n);
      }),
  };
  return { store, entries, faults };
}
