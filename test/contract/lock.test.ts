import { describe, expect, test } from 'vitest';

import { acquireLock } from '../../src/engine/lock.ts';
import type { Holder, LockOptions } from '../../src/engine/lock.ts';
import { ChatopsError } from '../../src/lib/errors.ts';
import { memoryLockStore } from '../helpers/lock-store.ts';
import { seeded } from '../helpers/toy-cloud.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const anna: Holder = { user: 'anna', host: 'laptop', pid: 11, command: 'chatops up' };
const ben: Holder = { user: 'ben', host: 'build-7', pid: 12, command: 'chatops down' };

function scene() {
  const clock = new VirtualClock();
  const { store, entries, faults } = memoryLockStore();
  const acquire = (holder: Holder, more: Partial<LockOptions> = {}) =>
    acquireLock({ store, stack: 'chat/test/local', holder, clock, isAlive: () => true, ...more });
  return { clock, store, entries, faults, acquire };
}

describe('one writer at a time', () => {
  test('a second one is told who holds it, where, with which command and since when', async () => {
    const { clock, acquire } = scene();
    const lock = await acquire(anna);
    await clock.sleep(150_000);
    await expect(acquire(ben)).rejects.toMatchObject({
      code: 'lock.held',
      exit: 5,
      message: 'chat/test/local is being changed by anna on laptop (chatops up), for 3 min',
      hint: expect.stringContaining('--force-unlock'),
    });
    await lock.release();
  });

  test('giving it back leaves nothing behind', async () => {
    const { entries, acquire } = scene();
    await (await acquire(anna)).release();
    expect(entries.size).toBe(0);
    await (await acquire(ben)).release();
    expect(entries.size).toBe(0);
  });

  test('it is renewed for as long as it is held', async () => {
    const { clock, entries, acquire } = scene();
    const lock = await acquire(anna);
    await clock.sleep(3_610_000);
    await expect(lock.guard()).resolves.toBeUndefined();
    expect(entries.size).toBe(1);
    await expect(acquire(ben)).rejects.toMatchObject({ code: 'lock.held' });
    await lock.release();
  });

  test('a lost answer to the creation is not taken for somebody else', async () => {
    const { entries, faults, acquire, store } = scene();
    const create = store.create.bind(store);
    store.create = (n, value) => {
      faults.loseNextAnswer = true;
      return create(n, value);
    };
    const lock = await acquire(anna);
    await lock.guard();
    expect(entries.size).toBe(1);
    await lock.release();
  });

  test('a creation that the cloud refused by mistake is made again, a few times', async () => {
    const { entries, acquire, store } = scene();
    const create = store.create.bind(store);
    let refusals = 3;
    store.create = (n, value) => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('InternalFailure')) : create(n, value);
    };
    const lock = await acquire(anna);
    expect(entries.size).toBe(1);
    await lock.release();
    refusals = 100;
    await expect(acquire(anna)).rejects.toThrow('InternalFailure');
    expect(refusals).toBe(95);
  });

  test('a creation whose answer was lost, and that no listing shows yet, is known again', async () => {
    const { entries, acquire, store } = scene();
    const list = store.list.bind(store);
    const create = store.create.bind(store);
    let hidden = 0;
    store.list = () => ((hidden -= 1) >= 0 ? Promise.resolve([]) : list());
    store.create = async (n, value) => {
      if (!(await create(n, value))) return false;
      hidden = 1;
      throw new Error('socket hang up');
    };
    const lock = await acquire(anna);
    await lock.guard();
    expect(entries.size).toBe(1);
    await lock.release();
  });
});

describe('taking over', () => {
  test('from a dead process of the same host, at once', async () => {
    const { entries, acquire } = scene();
    const dead = await acquire(anna);
    const lock = await acquire({ ...anna, pid: 99 }, { isAlive: ({ pid }) => pid !== anna.pid });
    await lock.guard();
    await expect(dead.guard()).rejects.toMatchObject({ code: 'lock.lost' });
    await Promise.all([lock.release(), dead.release()]);
    expect(entries.size).toBe(0);
  });

  test('from a silent one of another host, once it has expired', async () => {
    const { clock, store, acquire } = scene();
    const silent = { user: 'eve', host: 'gone', pid: 1, command: 'chatops up', token: 'x', since: 0 };
    await store.create(7, JSON.stringify({ ...silent, expires: clock.now() + 60_000 }));
    await expect(acquire(ben)).rejects.toMatchObject({ code: 'lock.held' });
    await clock.sleep(80_000);
    const lock = await acquire(ben);
    expect((await store.list()).map(({ n }) => n)).toEqual([8]);
    await lock.release();
  });

  test('by force, which the holder notices before its next write', async () => {
    const { acquire } = scene();
    const lock = await acquire(anna);
    const taken = await acquire(ben, { force: true });
    await expect(lock.guard()).rejects.toThrow(
      'lost the lock on chat/test/local: ben on build-7 (chatops down) took over',
    );
    await taken.guard();
    await Promise.all([lock.release(), taken.release()]);
  });

  test('never goes on after a pause that was longer than the lease', async () => {
    const { clock, acquire } = scene();
    const lock = await acquire(anna);
    // The machine slept: no renewal ran.
    clock.advance(10 * 60_000);
    await expect(lock.guard()).rejects.toMatchObject({ code: 'lock.lost' });
    await lock.release();
  });
});

describe('in any order of events', () => {
  test.each(Array.from({ length: 10 }, (_, index) => index))(
    'batch %i of twenty schedules never has two that write at once',
    async (batch) => {
      let writes = 0;
      for (let seed = batch * 20; seed < batch * 20 + 20; seed += 1) writes += await schedule(seed);
      expect(writes).toBeGreaterThan(100);
    },
  );
});

/** Four runs compete, with calls that take from nothing to minutes and machines that sleep; gives the number of writes. */
async function schedule(seed: number): Promise<number> {
  const random = seeded(seed);
  const clock = new VirtualClock();
  const { store } = memoryLockStore(() => clock.sleep(random() < 0.1 ? random() * 200_000 : random() * 300));
  const written: { by: string; from: number; to: number }[] = [];

  async function compete(user: string): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      await clock.sleep(random() * 60_000);
      try {
        const lock = await acquireLock({
          store,
          stack: 's',
          holder: { ...anna, user, host: user },
          clock,
          isAlive: () => true,
        });
        try {
          for (let write = 0; write < 8; write += 1) {
            if (random() < 0.1) await clock.sleep(random() * 300_000);
            await lock.guard();
            const from = clock.now();
            // The longest that a call may take.
            await clock.sleep(random() * 30_000);
            written.push({ by: user, from, to: clock.now() });
          }
        } finally {
          await lock.release();
        }
      } catch (error) {
        if (!(error instanceof ChatopsError) || !error.code.startsWith('lock.')) throw error;
      }
    }
  }

  await Promise.all(['a', 'b', 'c', 'd'].map(compete));
  const inOrder = written.toSorted((a, b) => a.from - b.from);
  for (const [index, one] of inOrder.entries())
    for (const other of inOrder.slice(index + 1))
      if (other.by !== one.by && other.from < one.to)
        throw new Error(`seed ${seed}: ${one.by} and ${other.by} write at the same time`);
  return written.length;
}
