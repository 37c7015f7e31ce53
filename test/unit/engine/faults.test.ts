import { describe, expect, test } from 'vitest';

import { apply } from '../../../src/engine/apply.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import { ToyCloud, toyContext } from '../../helpers/toy-cloud.ts';
import { toyKinds, toyStack } from '../../helpers/toy-stack.ts';
import type { ToyConfig } from '../../helpers/toy-stack.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const changed: ToyConfig = { port: 4000, count: 5, gate: false, zones: ['a', 'c'] };

async function up(cloud: ToyCloud, config: ToyConfig, signal = new AbortController().signal) {
  const context = toyContext(cloud, { signal });
  return apply(context, await plan(context, toyStack(config), toyKinds));
}

async function undisturbed(...configs: ToyConfig[]) {
  const cloud = new ToyCloud(new VirtualClock());
  for (const config of configs) expect((await up(cloud, config)).outcome).toBe('done');
  return { picture: cloud.picture(), writes: cloud.writes.length };
}

describe('throttling, errors, lost answers and late listings', () => {
  test.each(Array.from({ length: 20 }, (_, index) => index))(
    'batch %i of ten seeds ends in the same state, without doubles',
    async (batch) => {
      const [first, second] = [await undisturbed({}), await undisturbed({}, changed)];
      for (let seed = batch * 10; seed < batch * 10 + 10; seed += 1) {
        const cloud = new ToyCloud(new VirtualClock(), seed);
        cloud.faults = { throttle: 0.3, fail: 0.05, lose: 0.1, hide: 5_000 };
        const outcome = await up(cloud, {});
        expect(outcome.outcome, `seed ${seed}: ${outcome.error?.message}`).toBe('done');
        expect(cloud.picture(), `seed ${seed}`).toEqual(first.picture);
        expect((await up(cloud, changed)).outcome, `seed ${seed}`).toBe('done');
        await cloud.clock.sleep(10_000);
        expect(cloud.picture(), `seed ${seed}`).toEqual(second.picture);
        expect((await destroy(toyContext(cloud), toyStack(changed), toyKinds)).outcome, `seed ${seed}`).toBe(
          'done',
        );
        expect(cloud.alive(), `seed ${seed}`).toEqual([]);
      }
    },
  );
});

describe('interrupted before or after any of its writes', () => {
  test.each([
    ['the first up', [{}]],
    ['an update', [{}, changed]],
  ] as [string, ToyConfig[]][])('%s is finished by the next run', async (_name, configs) => {
    const last = configs.at(-1)!;
    const before = await undisturbed(...configs.slice(0, -1));
    const whole = await undisturbed(...configs);
    for (let at = before.writes + 1; at <= whole.writes; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const cloud = new ToyCloud(new VirtualClock());
        for (const config of configs.slice(0, -1)) await up(cloud, config);
        const stop = new AbortController();
        cloud.onWrite = (when, _call, count) => {
          if (count === at && when === moment) stop.abort();
        };
        const stopped = await up(cloud, last, stop.signal);
        // After the very last write there may be nothing left to interrupt.
        if (at < whole.writes) expect(stopped.outcome, `write ${at}, ${moment}`).toBe('interrupted');
        expect(cloud.writesInFlight).toBe(0);
        cloud.onWrite = () => undefined;
        expect((await up(cloud, last)).outcome, `write ${at}, ${moment}`).toBe('done');
        expect(cloud.picture(), `write ${at}, ${moment}`).toEqual(whole.picture);
        const writes = cloud.writes.length;
        expect((await up(cloud, last)).outcome).toBe('done');
        expect(cloud.writes.length, `a third run writes nothing (write ${at}, ${moment})`).toBe(writes);
      }
    }
  });

  test('a removal is finished by the next run', async () => {
    const { writes } = await undisturbed({});
    for (let at = writes + 1; at <= writes + 8; at += 1) {
      const cloud = new ToyCloud(new VirtualClock());
      await up(cloud, {});
      const stop = new AbortController();
      cloud.onWrite = (when, _call, count) => {
        if (count === at && when === 'after') stop.abort();
      };
      await destroy(toyContext(cloud, { signal: stop.signal }), toyStack(), toyKinds);
      cloud.onWrite = () => undefined;
      expect((await destroy(toyContext(cloud), toyStack(), toyKinds)).outcome).toBe('done');
      expect(cloud.alive(), `write ${at}`).toEqual([]);
    }
  });
});
