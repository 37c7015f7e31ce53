import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/load/histogram.ts';
import { mergeResults, mergeRooms } from '../../../src/load/merge.ts';
import type { WorkerResult } from '../../../src/load/messages.ts';
import { roomCount, roomOf, openingMs, senderOf, sendingMs, workerOf } from '../../../src/load/scenario.ts';
import type { Scenario } from '../../../src/load/scenario.ts';
import { Tally } from '../../../src/load/tally.ts';

function workerResult(change: (tally: Tally) => void, rest: Partial<WorkerResult> = {}): WorkerResult {
  const tally = new Tally();
  change(tally);
  const nothing = { undelivered: 0, unacknowledged: 0, absent: 0, stale: 0, cpuMs: 0, rssBytes: 0 };
  return structuredClone({ tally: tally.toPlain(), ...nothing, ...rest });
}

describe('results of several workers', () => {
  it('add up: counters, occurrences, every kind of loss', () => {
    const one = workerResult(
      (tally) => {
        Object.assign(tally.counters, { sent: 3, delivered: 10, unrecovered: 1 });
        tally.cuts['1012'] = 2;
      },
      { undelivered: 4, stale: 1 },
    );
    const other = workerResult(
      (tally) => {
        Object.assign(tally.counters, { sent: 4, delivered: 20, duplicate: 7 });
        Object.assign(tally.cuts, { '1012': 1, '1006': 5 });
        tally.failures['HTTP 503'] = 1;
      },
      { unacknowledged: 8, absent: 16 },
    );
    const merged = mergeResults([one, other], 32);
    expect(merged.counters).toMatchObject({ sent: 7, delivered: 30, duplicate: 7 });
    expect(merged.cuts).toEqual({ '1012': 3, '1006': 5 });
    expect(merged.failures).toEqual({ 'HTTP 503': 1 });
    expect(merged.lost).toEqual({
      total: 62,
      undelivered: 4,
      unacknowledged: 8,
      unplaced: 32,
      unrecovered: 2,
      absent: 16,
    });
  });

  it('give the percentiles of all values together, not means of percentiles', () => {
    const fast = workerResult(({ latencies }) => {
      for (let at = 0; at < 99; at += 1) latencies.delivery.record(0.25);
    });
    const slow = workerResult(({ latencies }) => latencies.delivery.record(1000));
    const { delivery } = mergeResults([fast, slow], 0).latency;
    expect(delivery).toMatchObject({ count: 100, p50: 0.25, p99: 0.25, p999: 1000, max: 1000 });
  });
});

describe('rooms that several workers have seen', () => {
  const view = (epoch: string, since: number, head: number) => ({ epoch, since, head });

  it('have the highest head that anybody has seen', () => {
    const rooms = mergeRooms([
      [{ room: 'a', epochs: [view('e', 1, 5)], start: 0, acknowledged: 2 }],
      [
        { room: 'a', epochs: [view('e', 2, 7)], start: 3, acknowledged: 5 },
        { room: 'b', epochs: [], start: Infinity, acknowledged: 0 },
      ],
    ]);
    expect(rooms).toEqual({ heads: { a: { epoch: 'e', offset: 7 } }, unplaced: 0 });
  });

  it('show acknowledged messages that have no offset of their own', () => {
    const room = (acknowledged: number) => ({ room: 'a', epochs: [view('e', 1, 9)], start: 4, acknowledged });
    expect(mergeRooms([[room(3)], [room(2)]]).unplaced).toBe(0);
    expect(mergeRooms([[room(3)], [room(4)]]).unplaced).toBe(2);
  });

  it('end in the history that was seen last, whoever saw it, and offsets of two histories are not compared', () => {
    const { heads, unplaced } = mergeRooms([
      [{ room: 'a', epochs: [view('old', 10, 50), view('new', 90, 48)], start: 0, acknowledged: 60 }],
      [{ room: 'a', epochs: [view('old', 95, 50)], start: 0, acknowledged: 0 }],
    ]);
    expect(heads).toEqual({ a: { epoch: 'new', offset: 48 } });
    expect(unplaced).toBe(0);
  });
});

describe('the schedule', () => {
  const scenario: Scenario = {
    run: 'r',
    clients: 103,
    roomSize: 10,
    rate: 50,
    durationMs: 10_000,
    rampUpMs: 5000,
    workers: 3,
  };

  it('fills rooms one after the other, the last with who is left', () => {
    expect(roomCount(scenario)).toBe(11);
    expect([0, 9, 10, 102].map((client) => roomOf(client, scenario))).toEqual([
      'load-r-0',
      'load-r-0',
      'load-r-1',
      'load-r-10',
    ]);
  });

  it('opens evenly over the ramp-up, and sends at the rate, whatever is answered', () => {
    expect(openingMs(0, scenario)).toBe(0);
    expect(openingMs(103, { ...scenario })).toBe(5000);
    expect(sendingMs(50, scenario)).toBe(1000);
  });

  it('gives every room as many messages and every member of a room too, none to nobody', () => {
    const senders = new Map<number, number>();
    for (let message = 0; message < 11 * 10 * 3; message += 1) {
      const sender = senderOf(message, scenario);
      senders.set(sender, (senders.get(sender) ?? 0) + 1);
    }
    expect([...senders.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, at) => at));
    expect(new Set([...senders].filter(([sender]) => sender < 100).map(([, count]) => count))).toEqual(
      new Set([3]),
    );
    expect([100, 101, 102].map((sender) => senders.get(sender))).toEqual([10, 10, 10]);
  });

  it('spreads clients over all workers', () => {
    expect([0, 1, 2, 3].map((client) => workerOf(client, scenario))).toEqual([0, 1, 2, 0]);
  });
});

it('a histogram that no worker filled does no harm', () => {
  const merged = new Histogram();
  merged.merge(new Histogram().toPlain());
  expect(merged.percentiles().count).toBe(0);
});
