import { setTimeout as delay } from 'node:timers/promises';
import { sharedNow } from './clock.ts';
import { LiveWatch } from './live.ts';
import type { Live, Stage } from './live.ts';
import { mergeRooms } from './merge.ts';
import type { WorkerPlan, WorkerResult } from './messages.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface ConductOptions {
  /** Ends the run early. */
  signal: AbortSignal;
  onProgress?(live: Live): void;
}

/** What a run leaves behind. */
export interface Conducted {
  results: WorkerResult[];
  /** Acknowledged messages without an offset of their own. */
  unplaced: number;
  watch: LiveWatch;
  /** How long messages were sent. */
  sendingMs: number;
}

const startInMs = 300;
const sendInMs = 200;
/** How long the last clients of the ramp-up may take before sending starts without them. */
const gatherMs = 10_000;
const settleInterruptedMs = 3000;
const tickMs = 250;
const pollMs = 50;

/**
 * Leads the workers through a run: all start at once, all begin to send at once when everybody is in, and at the end each
 * learns from all the others how far the rooms have come. Throws when a worker dies.
 */
export async function conduct(
  workers: readonly WorkerProcess[],
  plan: Omit<WorkerPlan, 'worker' | 'startAt'>,
  { signal, onProgress }: ConductOptions,
): Promise<Conducted> {
  const { clients, durationMs, rampUpMs } = plan.scenario;
  const startAt = sharedNow() + startInMs;
  const watch = new LiveWatch(workers.length, startAt);
  const quiet = Promise.all(workers.map((worker) => worker.next('quiet')));
  const finished = Promise.all(workers.map((worker) => worker.next('result')));
  // A worker that dies is told of by whichever is awaited at the time.
  for (const promise of [quiet, finished]) promise.catch(() => undefined);

  let stage: Stage = 'opening';
  let sendAt = Infinity;
  let stoppedAt = Infinity;
  const stop = () => {
    stage = 'settling';
    stoppedAt = sharedNow();
    for (const worker of workers) worker.tell({ type: 'stop', settleMs: settleInterruptedMs });
  };
  const timer = setInterval(() => {
    const now = sharedNow();
    watch.sample(now);
    if (stage === 'sending' && now >= sendAt + durationMs) stage = 'settling';
    onProgress?.({ stage, elapsedMs: Math.max(0, now - startAt), wanted: clients, ...watch.live() });
  }, tickMs);

  try {
    for (const [index, worker] of workers.entries()) {
      worker.on('progress', ({ progress }) => watch.take(index, progress));
      worker.tell({ type: 'start', plan: { ...plan, worker: index, startAt } });
    }
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const gathered = () =>
      watch.open === clients || sharedNow() > startAt + rampUpMs + gatherMs || signal.aborted;
    await Promise.race([quiet, until(gathered)]);
    if (!signal.aborted) {
      stage = 'sending';
      sendAt = sharedNow() + sendInMs;
      for (const worker of workers) worker.tell({ type: 'send', at: sendAt });
    }
    const { heads, unplaced } = mergeRooms((await quiet).map(({ rooms }) => rooms));
    for (const worker of workers) worker.tell({ type: 'heads', heads });
    const results = (await finished).map(({ result }) => result);
    const sendingMs = Math.max(0, Math.min(sendAt + durationMs, stoppedAt) - Math.min(sendAt, stoppedAt));
    return { results, unplaced, watch, sendingMs };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(pollMs);
}
