import { Interrupted } from './interrupt.ts';

/** A piece of work that waits for others. */
export interface Task {
  key: string;
  /** Keys of the tasks that must have ended well; keys that are no task are ignored. */
  after: Iterable<string>;
  /** Seconds of the slowest chain that begins with it: heavier tasks start first. */
  weight: number;
  run(): Promise<void>;
}

/** How a task ended; `skipped` names the failed task that it was waiting for, over however many others. */
export type TaskEnd =
  | { status: 'done' }
  | { status: 'failed'; error: unknown }
  | { status: 'skipped'; because: string }
  | { status: 'interrupted' };

interface Options {
  /** Once aborted, no task starts any more. */
  signal: AbortSignal;
  /** How many tasks run at once. */
  limit: number;
  /** Told as each task ends. */
  ended: (key: string, end: TaskEnd) => void;
}

/**
 * Runs tasks as soon as what they wait for is done, at most `limit` at once, until nothing more can run.
 * A task that fails keeps only those from running that wait for it; throws only when tasks wait for each other.
 */
export async function runTasks(tasks: readonly Task[], { signal, limit, ended }: Options): Promise<void> {
  const keys = new Set(tasks.map((task) => task.key));
  const ends = new Map<string, TaskEnd>();
  const waiting = new Set(tasks.toSorted((a, b) => b.weight - a.weight));
  const running = new Set<Promise<void>>();
  for (;;) {
    while (endOneThatCannotRun());
    for (const task of waiting) if (running.size < limit && canStart(task)) start(task);
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (waiting.size > 0) {
    throw new Error(`these wait for each other: ${[...waiting].map((task) => task.key).join(', ')}`);
  }

  function endOneThatCannotRun(): boolean {
    for (const task of waiting) {
      const blocker = before(task).find((key) => (ends.get(key)?.status ?? 'done') !== 'done');
      if (blocker === undefined && !signal.aborted) continue;
      waiting.delete(task);
      end(task.key, whyNot(blocker, ends.get(blocker ?? '')));
      return true;
    }
    return false;
  }

  function canStart(task: Task): boolean {
    return before(task).every((key) => ends.has(key));
  }

  function before(task: Task): string[] {
    return [...task.after].filter((key) => keys.has(key));
  }

  function start(task: Task): void {
    waiting.delete(task);
    const one = settle(task).then((how) => {
      running.delete(one);
      end(task.key, how);
    });
    running.add(one);
  }

  function end(key: string, how: TaskEnd): void {
    ends.set(key, how);
    ended(key, how);
  }
}

async function settle(task: Task): Promise<TaskEnd> {
  try {
    await task.run();
    return { status: 'done' };
  } catch (error) {
    return error instanceof Interrupted ? { status: 'interrupted' } : { status: 'failed', error };
  }
}

function whyNot(blocker: string | undefined, end: TaskEnd | undefined): TaskEnd {
  if (blocker !== undefined && end?.status === 'failed') return { status: 'skipped', because: blocker };
  return end?.status === 'skipped' ? end : { status: 'interrupted' };
}
