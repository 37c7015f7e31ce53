import { classify, explain } from '../aws/errors.ts';
import type { Cloud } from '../aws/cloud.ts';
import type { Names } from '../config/names.ts';
import { compose } from './compose.ts';
import type { Held, HeldParts } from './compose.ts';
import { Absent } from './part-reader.ts';
import type { PartName, PartReader, PartValues, Reading } from './part-reader.ts';
import type { PartError, Snapshot } from './snapshot.ts';

export type PartReaders = { [P in PartName]: PartReader<PartValues[P]> };

export interface WatchOptions {
  cloud: Cloud;
  names: Names;
  /** `<app>/<environment>/<region>` */
  stack: string;
  readers: PartReaders;
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  signal: AbortSignal;
  /** How long one reading may take, in milliseconds. */
  deadlineMs: number;
  /** Between 0 and 1. */
  random?: () => number;
}

/** A stack that is read again and again. */
export interface WatchedStack {
  /** The same object until something has changed. */
  current(): Snapshot;
  /** Calls `changed` after each change of what is shown; the ages of parts alone are none. Returns the unsubscribe function. */
  subscribe(changed: () => void): () => void;
  /** Resolves with the snapshot when every part has been tried once. */
  firstRead: Promise<Snapshot>;
  /** Resolves when all readings have ended, after the signal. */
  ended: Promise<void>;
}

/** The longest pause after throttling, and after another failure, in milliseconds. */
const longestPause = { throttled: 30_000, other: 8_000 };

/**
 * Reads each part in a loop of its own, never two readings of one part at a time. After a failure the part keeps its
 * last value, and the pauses double: up to 30 s after throttling.
 */
export function watchStack(options: WatchOptions): WatchedStack {
  const { cloud, names, readers, clock, signal, deadlineMs, random = Math.random } = options;
  const identity = { stack: options.stack, region: cloud.region };
  const held: HeldParts = {};
  const listeners = new Set<() => void>();
  let current = compose(identity, held, clock.now());

  function publish(): void {
    const next = compose(identity, held, clock.now());
    if (shown(next) === shown(current)) return;
    current = next;
    for (const listener of listeners) listener();
  }

  async function readOnce<P extends PartName>(name: P): Promise<PartValues[P]> {
    const known: Record<string, unknown> = {};
    for (const [part, { value }] of Object.entries(held) as [PartName, Held<unknown>][]) known[part] = value;
    const value = await within(deadlineMs, signal, (deadline) => {
      const reading: Reading = { cloud, names, known, signal: deadline, now: clock.now() };
      return readers[name].read(reading);
    });
    put(name, { value, readAt: clock.now() });
    return value;
  }

  function put<P extends PartName>(name: P, change: Held<PartValues[P]>): void {
    const slots = held as { [Q in P]?: Held<PartValues[P]> };
    slots[name] = change.error === undefined ? change : { ...slots[name], error: change.error };
  }

  /** Resolves with how long to wait before the next reading. */
  async function attempt(name: PartName, failures: number): Promise<{ pause: number; failures: number }> {
    try {
      const value = await readOnce(name);
      publish();
      return { pause: readers[name].pause(value as never), failures: 0 };
    } catch (error) {
      if (signal.aborted) return { pause: 0, failures };
      put(name, { error: partError(error) });
      publish();
      const longest = classify(error) === 'throttled' ? longestPause.throttled : longestPause.other;
      return {
        pause: Math.min(longest, 2_000 * 2 ** failures) * (0.75 + random() / 2),
        failures: failures + 1,
      };
    }
  }

  const first = {} as Record<PartName, Promise<void>>;
  async function follow(name: PartName, tried: () => void): Promise<void> {
    await Promise.all(readers[name].needs.map((need) => first[need]));
    let failures = 0;
    while (!signal.aborted) {
      const result = await attempt(name, failures);
      tried();
      failures = result.failures;
      if (!signal.aborted) await clock.sleep(result.pause, signal).catch(() => undefined);
    }
    tried();
  }

  const loops = (Object.keys(readers) as PartName[]).map((name) => {
    let tried = (): void => undefined;
    first[name] = new Promise((resolve) => (tried = resolve));
    return () => follow(name, tried);
  });
  const ended = Promise.all(loops.map((loop) => loop())).then(() => undefined);
  return {
    current: () => current,
    subscribe(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    firstRead: Promise.all(Object.values(first)).then(() => compose(identity, held, clock.now())),
    ended,
  };
}

/** Runs with a signal that is aborted after `ms`, or with the outer one. AbortSignal.any would leave a trace in the outer one for each reading. */
async function within<T>(
  ms: number,
  outer: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const abort = (): void => inner.abort();
  const timer = setTimeout(abort, ms);
  outer.addEventListener('abort', abort);
  try {
    return await run(inner.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  }
}

function partError(error: unknown): PartError {
  if (error instanceof Absent) return { kind: 'absent', message: error.message };
  const as = classify(error);
  const kind = as === 'throttled' || as === 'denied' ? as : as === 'not-found' ? 'absent' : 'failed';
  return { kind, message: explain(error).message };
}

/** What a snapshot says, without what changes by itself. */
function shown({ at: _at, ...snapshot }: Snapshot): string {
  return JSON.stringify(snapshot, (key, value: unknown) => (key === 'age' ? undefined : value));
}
