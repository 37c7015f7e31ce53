import { afterEach, expect, it, vi } from 'vitest';
import { App } from '../../../src/dashboard/app.tsx';
import type { FollowLogs } from '../../../src/dashboard/app.tsx';
import type { LogNews, Snapshot } from '../../../src/read-model/snapshot.ts';
import { draw } from '../../helpers/frame.tsx';
import { at, deploying, snapshot, task, throttled } from '../../helpers/snapshots.ts';

let drawn: ReturnType<typeof draw> | undefined;
afterEach(() => {
  drawn?.unmount();
  vi.useRealTimers();
});

/** A source that can be given another snapshot. */
function sourceOf(first: Snapshot) {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    current: () => current,
    subscribe(changed: () => void) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    change(next: Snapshot) {
      current = next;
      for (const changed of listeners) changed();
    },
  };
}

function open(logs: FollowLogs = async () => undefined, color = false, first = snapshot()) {
  const source = sourceOf(first);
  drawn = draw(<App source={source} logs={logs} color={color} />, 100, 30);
  const press = async (key: string) => {
    drawn!.stdin.write(key);
    // A lone escape is only told from the start of a sequence after a moment.
    await vi.waitFor(() => expect(drawn!.frames.length).toBeGreaterThan(0));
  };
  return { source, press, ...drawn };
}

const sees = (text: string | RegExp) => vi.waitFor(() => expect(drawn!.text()).toMatch(text));

it('draws anew when something has changed, and only then', async () => {
  vi.useFakeTimers({ now: at });
  const { source, frames, text } = open();
  await vi.advanceTimersByTimeAsync(100);
  const before = frames.length;
  // All ages are whole minutes: nothing reads differently for a good while.
  await vi.advanceTimersByTimeAsync(30_000);
  expect(frames.length).toBe(before);
  source.change(deploying());
  await vi.advanceTimersByTimeAsync(10);
  expect(frames.length).toBeGreaterThan(before);
  expect(text()).toContain('◐ deploying');
});

it('counts on while a task is young, and what could not be read grows old', async () => {
  vi.useFakeTimers({ now: at });
  const { source, text } = open();
  source.change({ ...throttled(), tasks: { value: [task(1, { startedAt: at - 4_000 })], age: 0 } });
  await vi.advanceTimersByTimeAsync(7_500);
  expect(text()).toMatch(/1abcdef0 .*1[01]s/);
  expect(text()).toMatch(/! redis ─+ 1[89]s old/);
});

it('has a page of help', async () => {
  const { press, text } = open();
  await press('?');
  await sees(/▲ degraded +it answers, but/);
  expect(text()).toContain('● healthy  2 of 2 tasks run');
  await press('?');
  await sees('events ─');
});

it('follows the logs, scrolls back and follows again', async () => {
  let tell: ((news: LogNews) => void) | undefined;
  const line = (number: number) => ({ at: at + number, task: task(1).id, message: `line ${number}` });
  const { press, text } = open(async (to) => {
    tell = to;
  });
  await press('l');
  await vi.waitFor(() => expect(tell).toBeDefined());
  await sees(/logs ─+ waiting/);
  tell!({ lines: Array.from({ length: 100 }, (_, index) => line(index)) });
  await sees(/03:04:05\.099 1abcdef0 line 99/);
  expect(text()).toMatch(/logs ─+ following/);
  expect(text()).not.toContain('line 50');
  await press('g');
  await sees(/line 0\b/);
  expect(text()).toMatch(/\d+ newer/);
  tell!({ lines: [line(100)] });
  await press('G');
  await sees('line 100');
  await press('\u001B[A');
  await sees('1 newer');
  expect(text()).not.toContain('line 100');
  tell!({ lines: [], problem: 'logs FilterLogEvents: Throttling' });
  await sees(/! logs ─+ logs FilterLogEvents: Throttling/);
  await press('l');
  await sees('events ─');
});

it('keeps its place in the logs while new lines come', async () => {
  let tell: ((news: LogNews) => void) | undefined;
  const lines = (from: number) =>
    Array.from({ length: 100 }, (_, index) => ({ at, task: task(1).id, message: `line ${from + index}` }));
  const { press, text } = open(async (to) => {
    tell = to;
  });
  await press('l');
  await vi.waitFor(() => expect(tell).toBeDefined());
  tell!({ lines: lines(0) });
  await sees('line 99');
  await press('\u001B[5~');
  await sees(/\d+ newer/);
  const seen = text().match(/line \d+/g);
  tell!({ lines: lines(100) });
  await sees(/1\d\d newer/);
  expect(text().match(/line \d+/g)).toEqual(seen);
});

it('follows no logs before they are looked at, and ends when it is left', async () => {
  let signal: AbortSignal | undefined;
  const { press, unmount } = open(async (_, until) => {
    signal = until;
  });
  expect(signal).toBeUndefined();
  await press('l');
  await vi.waitFor(() => expect(signal?.aborted).toBe(false));
  unmount();
  expect(signal!.aborted).toBe(true);
});
