import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from '../../../src/load/coordinator.ts';
import type { LoadOptions } from '../../../src/load/coordinator.ts';
import { parseTarget } from '../../../src/load/target.ts';
import { faultyServer } from '../../helpers/faulty-server.ts';
import type { FaultyServer, Faults } from '../../helpers/faulty-server.ts';
import { bundleLoadWorker } from '../../helpers/load-worker.ts';

/** 4 rooms of 5 in 2 processes: 200 messages, 1000 deliveries. */
const scenario = { clients: 20, roomSize: 5, rate: 200, durationMs: 1000, rampUpMs: 100, workers: 2 };

describe.concurrent('a load test of a server that is wrong in a known way', { timeout: 60_000 }, () => {
  let worker: Awaited<ReturnType<typeof bundleLoadWorker>>;
  const servers: FaultyServer[] = [];
  beforeAll(async () => {
    worker = await bundleLoadWorker();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await worker.remove();
  });

  async function run(faults: Faults, changes: Partial<LoadOptions> = {}) {
    const server = await faultyServer(faults);
    servers.push(server);
    const { signal } = new AbortController();
    const target = parseTarget(server.url);
    const { program } = worker;
    const result = await runLoad({ ...scenario, target, settleMs: 5000, program, signal, ...changes });
    return { ...result, result, server };
  }

  it('finds nothing where there is nothing', async () => {
    const { result } = await run({});
    expect(result).toMatchObject({
      passed: true,
      interrupted: false,
      clients: { wanted: 20, joined: 20, peakOpen: 20 },
      connections: { resumed: 0, cuts: {}, failures: {}, errors: {} },
      messages: {
        sent: 200,
        acknowledged: 200,
        repeated: 0,
        expected: 1000,
        delivered: 1000,
        duplicate: 0,
        outOfOrder: 0,
        lost: { total: 0 },
      },
    });
    expect(result.latency.connect.count).toBe(20);
    expect(result.latency.acknowledge.count).toBe(200);
    expect(result.latency.delivery.count).toBe(1000);
    expect(result.latency.delivery.max).toBeLessThan(5000);
    expect(result.sendingMs).toBe(1000);
  });

  it('finds 1 % dropped, 1 % repeated and 1 % swapped, each exactly', async () => {
    const faulty = { 10: 'drop', 40: 'repeat', 70: 'swap' } as const;
    const { passed, messages, server } = await run(
      { delivery: (number) => faulty[(number % 100) as keyof typeof faulty] },
      { settleMs: 2500 },
    );
    expect(server.done).toMatchObject({ deliveries: 1000, dropped: 10, repeated: 10, swapped: 10 });
    expect(passed).toBe(false);
    expect(messages).toMatchObject({
      expected: 1000,
      delivered: 990,
      duplicate: 10,
      outOfOrder: 10,
      lost: { total: 10, undelivered: 10 },
    });
  });

  it('finds that the very last message did not reach one member', async () => {
    const { messages } = await run(
      { delivery: (number) => (number === 1000 ? 'drop' : undefined) },
      { settleMs: 2500 },
    );
    expect(messages).toMatchObject({ expected: 1000, delivered: 999, lost: { total: 1, undelivered: 1 } });
  });

  it('finds a very last message that is delivered twice', async () => {
    const { messages } = await run({ delivery: (number) => (number === 1000 ? 'repeat' : undefined) });
    expect(messages).toMatchObject({ delivered: 1000, duplicate: 1, lost: { total: 0 } });
  });

  it('counts every send that is never acknowledged', async () => {
    const { messages, latency } = await run({ acknowledges: () => false }, { settleMs: 2500 });
    expect(messages).toMatchObject({
      sent: 200,
      acknowledged: 0,
      delivered: 1000,
      lost: { total: 200, unacknowledged: 200 },
    });
    expect(latency.acknowledge.count).toBe(0);
  });

  it('finds messages that are acknowledged and thrown away', async () => {
    const { messages } = await run({ swallows: (number) => number % 50 === 0 });
    expect(messages).toMatchObject({
      acknowledged: 200,
      expected: 980,
      delivered: 980,
      lost: { total: 4, unplaced: 4 },
    });
  });

  it.each([1012, 1013, 1001, 1006])(
    'comes back after a close with %i and resumes, with nothing lost',
    async (code) => {
      const { messages, connections, latency, passed, server } = await run({
        closesAfter: (number) => (number % 20 === 0 ? code : undefined),
      });
      expect(server.done.closed).toBeGreaterThanOrEqual(10);
      expect(server.done.resumes).toBe(server.done.closed);
      expect(connections).toMatchObject({
        resumed: server.done.closed,
        cuts: { [code]: server.done.closed },
      });
      expect(messages).toMatchObject({ acknowledged: 200, expected: 1000, delivered: 1000, duplicate: 0 });
      expect(messages).toMatchObject({ outOfOrder: 0, lost: { total: 0 } });
      expect(latency.resume.count).toBe(server.done.closed);
      expect(latency.delivery.count).toBe(1000);
      expect(passed).toBe(true);
    },
  );

  it('says a message again whose answer went down with the connection, and takes the answer to that for no duplicate', async () => {
    const isCut = (number: number) => number % 25 === 0;
    const { messages, server } = await run({
      acknowledges: (number) => !isCut(number),
      closesAfter: (number) => (isCut(number) ? 1006 : undefined),
    });
    expect(server.done.duplicateAnswers).toBeGreaterThan(0);
    expect(messages.repeated).toBeGreaterThan(0);
    expect(messages).toMatchObject({ sent: 200, acknowledged: 200, delivered: 1000, duplicate: 0 });
    expect(messages.lost.total).toBe(0);
  });

  it('leaves when it is asked to reconnect, and comes back', async () => {
    const { messages, connections } = await run({ asksToReconnectAfter: (number) => number % 40 === 0 });
    expect(connections).toMatchObject({ resumed: 5, cuts: { reconnect: 5 } });
    expect(messages).toMatchObject({ acknowledged: 200, delivered: 1000, duplicate: 0, lost: { total: 0 } });
  });

  it('sends again what was refused for now', async () => {
    const { messages, connections, server } = await run({ refuses: (number) => number % 10 === 0 });
    expect(server.done.refused).toBeGreaterThanOrEqual(20);
    expect(connections.errors).toEqual({ unavailable: server.done.refused });
    expect(messages).toMatchObject({ sent: 200, acknowledged: 200, delivered: 1000, lost: { total: 0 } });
  });

  it('counts resumes that are not recovered, and what they cost', async () => {
    const { messages, server } = await run(
      {
        losesHistory: true,
        closesAfter: (number) => (number % 40 === 0 ? 1013 : undefined),
      },
      { settleMs: 2500 },
    );
    const { resumes, forgotten } = server.done;
    expect(resumes).toBe(5);
    expect(forgotten).toBeGreaterThan(0);
    expect(messages).toMatchObject({
      expected: 1000,
      delivered: 1000 - forgotten,
      lost: { total: resumes + forgotten, unrecovered: resumes, undelivered: forgotten },
    });
  });

  it('counts clients that are not let in again, with all that they miss', async () => {
    const { messages, server } = await run(
      { refusesResumes: true, closesAfter: (number) => (number === 100 ? 1012 : undefined) },
      { settleMs: 2500 },
    );
    const { lost, sent, acknowledged, expected, delivered } = messages;
    expect(lost).toMatchObject({ absent: 1, undelivered: server.saidAfterClosing(), unrecovered: 0 });
    expect(lost.unacknowledged).toBe(sent - acknowledged);
    expect(lost.unacknowledged).toBeGreaterThan(0);
    expect(expected - delivered).toBe(lost.undelivered);
  });

  it('ends early when it is told to, with what it has counted', async () => {
    const controller = new AbortController();
    const { interrupted, messages, sendingMs } = await run(
      {},
      {
        durationMs: 600_000,
        signal: controller.signal,
        onProgress: ({ sent }) => void (sent > 50 && controller.abort()),
      },
    );
    expect(interrupted).toBe(true);
    expect(messages.sent).toBeGreaterThan(50);
    expect(messages).toMatchObject({ acknowledged: messages.sent, delivered: messages.sent * 5 });
    expect(messages.lost.total).toBe(0);
    expect(sendingMs).toBeLessThan(60_000);
  });

  it('does not count clients that it had not opened yet when it was told to end', async () => {
    const controller = new AbortController();
    const { clients, messages } = await run(
      {},
      {
        rampUpMs: 600_000,
        clients: 20_000,
        signal: controller.signal,
        onProgress: ({ open }) => void (open > 5 && controller.abort()),
      },
    );
    expect(clients.joined).toBeGreaterThan(5);
    expect(clients.joined).toBeLessThan(20_000);
    expect(messages).toMatchObject({ sent: 0, lost: { total: 0 } });
  });
});
