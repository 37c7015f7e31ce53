import { Histogram } from './histogram.ts';
import type { Percentiles } from './histogram.ts';
import type { Head, WorkerResult } from './messages.ts';
import type { Lost } from './result.ts';
import type { EpochView, PlainRoom } from './room-view.ts';
import { emptyCounters, timings } from './tally.ts';
import type { Counters, Occurrences, PlainTally, Timing } from './tally.ts';

/** All workers' results as one. */
export interface Merged {
  counters: Counters;
  cuts: Occurrences;
  failures: Occurrences;
  errors: Occurrences;
  latency: Record<Timing, Percentiles>;
  lost: Lost;
}

/** Adds up what the workers have counted. `unplaced` comes from the rooms. */
export function mergeResults(results: readonly WorkerResult[], unplaced: number): Merged {
  const tallies = results.map(({ tally }) => tally);
  const counters = sumCounters(tallies.map((tally) => tally.counters));
  const sum = (value: (result: WorkerResult) => number) =>
    results.reduce((total, result) => total + value(result), 0);
  const parts = {
    undelivered: sum(({ undelivered }) => undelivered),
    unacknowledged: sum(({ unacknowledged }) => unacknowledged),
    unplaced,
    unrecovered: counters.unrecovered + sum(({ stale }) => stale),
    absent: sum(({ absent }) => absent),
  };
  const total = Object.values(parts).reduce((all, part) => all + part, 0);
  return {
    counters,
    cuts: sumOccurrences(tallies.map(({ cuts }) => cuts)),
    failures: sumOccurrences(tallies.map(({ failures }) => failures)),
    errors: sumOccurrences(tallies.map(({ errors }) => errors)),
    latency: mergeLatencies(tallies),
    lost: { total, ...parts },
  };
}

export function sumCounters(all: readonly Counters[]): Counters {
  const sum = emptyCounters();
  for (const counters of all) {
    for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += counters[name];
  }
  return sum;
}

/** The head of each room's latest history, and how many acknowledged messages have no offset of their own in it. */
export function mergeRooms(workers: readonly (readonly PlainRoom[])[]): {
  heads: Record<string, Head>;
  unplaced: number;
} {
  const heads: Record<string, Head> = {};
  let unplaced = 0;
  for (const [room, views] of byName(workers.flat())) {
    const epochs = mergeEpochs(views.flatMap(({ epochs }) => epochs));
    const latest = epochs.toSorted((a, b) => a.since - b.since).at(-1);
    if (latest === undefined) continue;
    heads[room] = { epoch: latest.epoch, offset: latest.head };
    // Offsets of different histories cannot be compared.
    if (epochs.length > 1) continue;
    const start = Math.min(...views.map(({ start }) => start));
    const acknowledged = views.reduce((sum, view) => sum + view.acknowledged, 0);
    unplaced += Math.max(0, acknowledged - (latest.head - start));
  }
  return { heads, unplaced };
}

function byName(rooms: readonly PlainRoom[]): Map<string, PlainRoom[]> {
  const found = new Map<string, PlainRoom[]>();
  for (const view of rooms) {
    const views = found.get(view.room);
    if (views === undefined) found.set(view.room, [view]);
    else views.push(view);
  }
  return found;
}

function mergeEpochs(views: readonly EpochView[]): EpochView[] {
  const merged = new Map<string, EpochView>();
  for (const { epoch, since, head } of views) {
    const known = merged.get(epoch) ?? { epoch, since, head };
    merged.set(epoch, { epoch, since: Math.min(known.since, since), head: Math.max(known.head, head) });
  }
  return [...merged.values()];
}

function mergeLatencies(tallies: readonly PlainTally[]): Record<Timing, Percentiles> {
  const merged = timings.map((timing) => {
    const histogram = new Histogram();
    for (const { latencies } of tallies) histogram.merge(latencies[timing]);
    return [timing, histogram.percentiles()];
  });
  return Object.fromEntries(merged) as Record<Timing, Percentiles>;
}

function sumOccurrences(all: readonly Occurrences[]): Occurrences {
  const sum: Occurrences = {};
  for (const [name, times] of all.flatMap((occurrences) => Object.entries(occurrences)))
    sum[name] = (sum[name] ?? 0) + times;
  return sum;
}
