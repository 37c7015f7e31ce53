import { afterEach, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import type { PartName, PartReader } from '../../../src/read-model/part-reader.ts';
import { watchStack } from '../../../src/read-model/watch.ts';
import type { PartReaders } from '../../../src/read-model/watch.ts';
import { snapshot, task } from '../../helpers/snapshots.ts';

const good = snapshot();
const values = {
  service: { ...good.service.value!, targetGroupArns: ['arn'] },
  tasks: good.tasks.value!,
  targets: good.targets.value!,
  redis: good.redis.value!,
  scaling: good.scaling.value!,
  loadBalancer: good.loadBalancer.value!,
  metrics: good.metrics.value!,
};

let controller = new AbortController();
afterEach(() => controller.abort());

/** A reader for each part that gives what `answers` has, count, and note how many run at a time; the clock stands still until `pass`. */
function watched(answers: Partial<Record<PartName, () => unknown>> = {}) {
  controller = new AbortController();
  let now = 1_000_000;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const reads: Record<string, number> = {};
  const running: Record<string, number> = {};
  let most = 0;
  const reader = (name: PartName): PartReader<unknown> => ({
    needs: name === 'targets' ? ['service'] : [],
    pause: () => 2_000,
    async read() {
      reads[name] = (reads[name] ?? 0) + 1;
      running[name] = (running[name] ?? 0) + 1;
      most = Math.max(most, running[name]);
      try {
        const answer = answers[name]?.() ?? values[name];
        return await Promise.resolve(answer);
      } finally {
        running[name] -= 1;
      }
    },
  });
  const readers = Object.fromEntries(Object.keys(values).map((name) => [name, reader(name as PartName)]));
  const clock = {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const aborted = () => reject(signal!.reason as Error);
        const wake = () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        };
        sleepers.add({ until: now + ms, wake });
        signal?.addEventListener('abort', aborted);
      }),
  };
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const live = watchStack({
    cloud: { region: 'local' } as Cloud,
    names: namesOf(identify('chat', 'default', 'local')),
    stack: 'chat/default/local',
    readers: readers as unknown as PartReaders,
    clock,
    signal: controller.signal,
    deadlineMs: 60_000,
    random: () => 0.5,
  });
  return {
    live,
    reads,
    most: () => most,
    /** Lets time go by, in steps of half a second. */
    async pass(ms: number) {
      for (let step = 0; step < ms; step += 500) {
        await settle();
        now += 500;
        for (const sleeper of sleepers) {
          if (sleeper.until > now) continue;
          sleepers.delete(sleeper);
          sleeper.wake();
        }
      }
      await settle();
    },
  };
}

const throttling = () => {
  throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
};

it('reads every part every two seconds and tells only of changes', async () => {
  let tasks = values.tasks;
  const { live, reads, pass } = watched({ tasks: () => tasks });
  expect(await live.firstRead).toMatchObject({ verdict: { state: 'healthy' } });
  let told = 0;
  live.subscribe(() => (told += 1));
  const before = live.current();
  await pass(10_000);
  expect(reads['redis']).toBeGreaterThanOrEqual(5);
  expect(told).toBe(0);
  expect(live.current()).toBe(before);
  tasks = [task(1), task(2), task(3)];
  await pass(2_500);
  expect(told).toBe(1);
  expect(live.current().tasks.value).toHaveLength(3);
});

it('never reads a part twice at a time, and one that hangs keeps no other', async () => {
  const { live, reads, most, pass } = watched({ redis: () => new Promise(() => undefined) });
  await pass(20_000);
  expect(reads).toMatchObject({ redis: 1 });
  expect(reads['service']).toBeGreaterThanOrEqual(9);
  expect(most()).toBe(1);
  expect(live.current()).toMatchObject({ redis: {}, tasks: { value: [{}, {}] } });
});

it('keeps the last value of a part that is throttled, asks more and more seldom, and comes back', async () => {
  let answer: (() => unknown) | undefined;
  const { live, reads, pass } = watched({ redis: () => (answer ?? (() => values.redis))() });
  await live.firstRead;
  answer = throttling;
  await pass(10_000);
  const { redis, tasks, verdict } = live.current();
  expect(redis).toMatchObject({
    value: { status: 'available' },
    error: { kind: 'throttled', message: expect.stringContaining('Rate exceeded') },
  });
  expect(tasks.error).toBeUndefined();
  expect(verdict.state).toBe('healthy');
  const early = reads['redis']!;
  await pass(60_000);
  // 2, 4, 8, 16, 30, 30 seconds.
  expect(reads['redis']! - early).toBeLessThanOrEqual(4);
  expect(live.current().verdict).toMatchObject({
    state: 'degraded',
    because: expect.stringContaining('redis could not be read'),
  });
  answer = undefined;
  await pass(31_000);
  expect(live.current().redis.error).toBeUndefined();
  expect(live.current().verdict.state).toBe('healthy');
});

it('knows what is gone from what could not be read', async () => {
  const { live } = watched({
    service: () => {
      throw Object.assign(new Error('Cluster not found.'), { name: 'ClusterNotFoundException' });
    },
    redis: () => {
      throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
    },
  });
  expect(await live.firstRead).toMatchObject({
    service: { error: { kind: 'absent' } },
    redis: { error: { kind: 'denied' } },
    verdict: { state: 'down' },
  });
});

it('ends with its signal', async () => {
  const { live, reads, pass } = watched();
  await live.firstRead;
  controller.abort();
  await live.ended;
  const before = { ...reads };
  await pass(5_000);
  expect(reads).toEqual(before);
});
