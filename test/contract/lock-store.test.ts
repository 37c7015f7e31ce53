import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { ssmLockStore } from '../../src/aws/lock-store.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { acquireLock } from '../../src/engine/lock.ts';
import { startLocalCloud } from '../helpers/local-cloud.ts';
import type { TestCloud } from '../helpers/local-cloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startLocalCloud();
});

afterAll(() => cloud.close());

const scope = (app: string) => ({ stack: `${app}/test/local`, hash: '01234567', version: '0.1.0' });

test('entries are created once, listed and removed', async () => {
  const store = ssmLockStore(cloud, scope('entries'));
  expect(await store.list()).toEqual([]);
  expect(await store.create(12, 'one')).toBe(true);
  expect(await store.create(12, 'other')).toBe(false);
  expect(await store.create(13, 'two')).toBe(true);
  const entries = await store.list();
  expect(entries.toSorted((a, b) => a.n - b.n)).toEqual([
    { n: 12, value: 'one' },
    { n: 13, value: 'two' },
  ]);
  await store.remove(12);
  await store.remove(12);
  expect((await store.list()).map(({ n }) => n)).toEqual([13]);
});

test('more entries than fit on a page are all seen', async () => {
  const store = ssmLockStore(cloud, scope('pages'));
  await Promise.all(Array.from({ length: 25 }, (_, n) => store.create(n, String(n))));
  expect(await store.list()).toHaveLength(25);
});

test('of ten runs at once exactly one gets the lock, and giving it back leaves no parameter', async () => {
  const { stack } = scope('race');
  const store = ssmLockStore(cloud, scope('race'));
  const attempts = await Promise.allSettled(
    Array.from({ length: 10 }, (_, pid) =>
      acquireLock({
        store,
        stack,
        holder: { user: 'anna', host: 'laptop', pid, command: 'chatops up' },
        clock: systemClock,
        isAlive: () => true,
      }),
    ),
  );
  const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  expect(locks).toHaveLength(1);
  await locks[0]!.guard();
  await locks[0]!.release();
  const left = await cloud.ssm.send(
    new GetParametersByPathCommand({ Path: `/chatops/${stack}`, Recursive: true }),
  );
  expect(left.Parameters ?? []).toEqual([]);
});
