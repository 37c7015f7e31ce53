import { describe, expect, it } from 'vitest';
import { liveLines } from '../../../src/load/report/live-line.ts';
import { renderReport } from '../../../src/load/report/text.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { missedBy } from '../../../src/load/thresholds.ts';

const latency = { count: 6000, mean: 3, p50: 2.512, p90: 9.8, p99: 31.2, p999: 65, max: 1074.7 };
const none = { count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };

const held: LoadResult = {
  passed: true,
  url: 'ws://127.0.0.1:8080/ws',
  scenario: {
    run: 'r',
    clients: 5000,
    roomSize: 50,
    rate: 100,
    durationMs: 60_000,
    rampUpMs: 30_000,
    workers: 2,
  },
  interrupted: false,
  clients: { wanted: 5000, joined: 5000, peakOpen: 4998 },
  messages: {
    sent: 6000,
    acknowledged: 6000,
    repeated: 0,
    expected: 300_000,
    delivered: 300_000,
    duplicate: 0,
    outOfOrder: 0,
    lost: { total: 0, undelivered: 0, unacknowledged: 0, unplaced: 0, unrecovered: 0, absent: 0 },
  },
  connections: { resumed: 0, cuts: {}, failures: {}, errors: {} },
  latency: { connect: latency, resume: none, acknowledge: latency, delivery: latency },
  limits: {
    openFiles: { limit: 20_000, perWorker: 2500 },
    ports: { perAddress: 28_232, clients: 5000, sources: 1 },
    machineCpu: { mean: 0.6, peak: 0.75, cores: 2 },
    workers: [
      { cpuMs: 5000, peakCpu: 0.16, rssBytes: 90 * 2 ** 20 },
      { cpuMs: 5000, peakCpu: 0.15, rssBytes: 93 * 2 ** 20 },
    ],
  },
  sendingMs: 60_000,
  ms: 95_000,
};

describe('the report', () => {
  it('of a run that held starts with that, and says what the limits were', () => {
    expect(renderReport(held)).toBe(`passed: 0 lost, 0 duplicate, 0 out of order

server        ws://127.0.0.1:8080/ws
clients       4,998 of 5,000 open at the peak, in 100 rooms of 50
sent          6,000 messages (100/s), 6,000 acknowledged
delivered     300,000 of 300,000 expected (5,000/s)
lost          0
duplicate     0
out of order  0

LATENCY (ms)  p50  p90   p99  p99.9    max  COUNT
connect       2.5  9.8  31.2   65.0  1,075  6,000
acknowledge   2.5  9.8  31.2   65.0  1,075  6,000
delivery      2.5  9.8  31.2   65.0  1,075  6,000

limited by nothing on this side
open files: 2500 of 20000 in each worker
ports: 5000 connections from 1 address with 28232 ports each
CPU of the machine: 60 % on average, 75 % at the peak, of 2 cores
CPU of the 2 workers: 10.0 s, at the peak 16 % of a core; memory 93 MiB each at most
`);
  });

  it('of one that did not names every loss by its kind, and what happened to connections', () => {
    const lost = { total: 12, undelivered: 5, unacknowledged: 4, unplaced: 0, unrecovered: 2, absent: 1 };
    const failed: LoadResult = {
      ...held,
      messages: { ...held.messages, lost, duplicate: 3 },
      connections: {
        resumed: 30,
        cuts: { '1012': 30, '1006': 400 },
        failures: { 'HTTP 503': 7 },
        errors: { unavailable: 2 },
      },
    };
    expect(missedBy(failed)).toEqual(['12 lost', '3 duplicate']);
    const text = renderReport(failed);
    expect(text).toMatch(/^failed: 12 lost, 3 duplicate\n/);
    for (const line of [
      '5 not delivered',
      '4 never acknowledged',
      '2 resumes not recovered',
      '1 clients that did not come, or did not come back',
      '400 × 1006, 30 × 1012, 30 resumes',
      '7 × HTTP 503',
      '2 × unavailable',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('without an offset');
  });

  it('says what limited a run', () => {
    const limited = (change: Partial<LoadResult['limits']>, failures = {}) =>
      renderReport({
        ...held,
        limits: { ...held.limits, ...change },
        connections: { ...held.connections, failures },
      });
    expect(limited({ machineCpu: { mean: 0.95, peak: 1, cores: 2 } })).toContain(
      'limited by the CPU of this machine',
    );
    expect(limited({ workers: [{ cpuMs: 1, peakCpu: 0.99, rssBytes: 1 }] })).toContain(
      'limited by the CPU of a worker',
    );
    expect(limited({}, { EADDRNOTAVAIL: 3 })).toContain('limited by ephemeral ports');
    expect(limited({}, { EMFILE: 3 })).toContain('limited by the open-file limit');
  });

  it('of an interrupted run says so first', () => {
    expect(renderReport({ ...held, interrupted: true })).toMatch(/^interrupted; so far passed/);
  });
});

it('the live line has rates since the last one', () => {
  const render = liveLines();
  const live = { stage: 'sending' as const, wanted: 1000, open: 998, lost: 0 };
  render({ ...live, elapsedMs: 10_000, sent: 500, delivered: 20_000 });
  expect(render({ ...live, elapsedMs: 12_000, sent: 700, delivered: 30_000 })).toBe(
    '12s sending · 998 of 1,000 open · sent 100/s · delivered 5,000/s · lost 0',
  );
});
