import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from '../../../src/load/coordinator.ts';
import { parseTarget } from '../../../src/load/target.ts';
import { faultyServer } from '../../helpers/faulty-server.ts';
import type { FaultyServer, Faults } from '../../helpers/faulty-server.ts';
import { bundleLoadWorker } from '../../helpers/load-worker.ts';

describe('a load test of a server that is wrong in a known way', () => {
  let worker: Awaited<ReturnType<typeof bundleLoadWorker>>;
  let server: FaultyServer;
  beforeAll(async () => {
    worker = await bundleLoadWorker();
  });
  afterEach(() => server.close());
  afterAll(() => worker.remove());

  async function run(faults: Faults, changes: object = {}) {
    server = await faultyServer(faults);
    return runLoad({
      target: parseTarget(server.url),
      clients: 20,
      roomSize: 5,
      rate: 200,
      durationMs: 1000,
      rampUpMs: 100,
      workers: 2,
      settleMs: 700,
      program: worker.program,
      signal: new AbortController().signal,
      ...changes,
    });
  }

  it('finds nothing where there is nothing', async () => {
    const result = await run({});
    expect(result).toMatchObject({
      passed: true,
      interrupted: false,
      clients: { wanted: 20, joined: 20, peakOpen: 20 },
      messages: {
        sent: 200,
        acknowledged: 200,
        expected: 1000,
        delivered: 1000,
        duplicate: 0,
        outOfOrder: 0,
      },
    });
    expect(result.messages.lost.total).toBe(0);
    expect(result.latency.delivery.count).toBe(1000);
    expect(result.latency.acknowledge.count).toBe(200);
    expect(result.latency.connect.count).toBe(20);
  });

  it('finds 1 % dropped, 1 % repeated and 1 % swapped, each exactly', async () => {
    const result = await run({
      delivery: (number) => (['drop', 'repeat', 'swap'] as const)[number % 100] ?? undefined,
    });
    const { done } = server;
    expect(done.deliveries).toBe(1000);
    expect(done.dropped + done.repeated + done.swapped).toBeGreaterThanOrEqual(25);
    expect(result.passed).toBe(false);
    expect(result.messages).toMatchObject({
      expected: 1000,
      delivered: 1000 - done.dropped,
      duplicate: done.repeated,
      outOfOrder: done.swapped,
      lost: { total: done.dropped, undelivered: done.dropped },
    });
  });
});
