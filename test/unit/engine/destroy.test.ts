import { beforeEach, expect, test } from 'vitest';

import { apply } from '../../../src/engine/apply.ts';
import { destroy, planDestroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import { ToyCloud, ToyError, toyContext, toyKind } from '../../helpers/toy-cloud.ts';
import { toyKinds, toyStack } from '../../helpers/toy-stack.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

let cloud: ToyCloud;

beforeEach(async () => {
  cloud = new ToyCloud(new VirtualClock());
  const context = toyContext(cloud);
  await apply(context, await plan(context, toyStack(), toyKinds));
});

const deletions = () => cloud.writes.filter((call) => call.verb === 'delete').map((call) => call.id);

test('everything goes, each thing after what depends on it, and a listing proves it', async () => {
  const { outcome, steps } = await destroy(toyContext(cloud), toyStack(), toyKinds);
  expect(outcome).toBe('done');
  expect(cloud.alive()).toEqual([]);
  expect(steps.map((step) => step.action)).toEqual(Array(8).fill('delete'));
  const order = deletions();
  expect(order).toHaveLength(8);
  expect(order.indexOf('service')).toBeLessThan(order.indexOf('balancer'));
  expect(order.indexOf('balancer')).toBeLessThan(order.indexOf('pool'));
  expect(order.at(-1)).toBe('net');
  const proof = cloud.calls.slice(-toyKinds.length);
  expect(proof.map((call) => call.verb)).toEqual(Array(toyKinds.length).fill('find'));
});

test('a second time there is nothing to do', async () => {
  await destroy(toyContext(cloud), toyStack(), toyKinds);
  const context = toyContext(cloud);
  expect(await planDestroy(context, toyStack(), toyKinds)).toEqual([]);
  const { outcome, steps } = await destroy(context, toyStack(), toyKinds);
  expect([outcome, steps]).toEqual(['done', []]);
});

test('what the config no longer has goes in the order of its kind', async () => {
  await destroy(toyContext(cloud), toyStack({ zones: ['a'], gate: false }), toyKinds);
  expect(cloud.alive()).toEqual([]);
  const order = deletions();
  // Each deletion came only after what held on to it was gone: none had to be refused.
  expect(order).toHaveLength(new Set(order).size);
  expect(order.indexOf('balancer')).toBeLessThan(order.indexOf('sub-b'));
});

test('without any config left, refusals are tried again until all is gone', async () => {
  const { outcome } = await destroy(toyContext(cloud), [], toyKinds);
  expect(outcome).toBe('done');
  expect(cloud.alive()).toEqual([]);
});

test('doubles go too', async () => {
  cloud.add({ type: 'Gate', owner: 'gate', stack: 'chat/test/local', version: '1.2.0', props: {} });
  await destroy(toyContext(cloud), toyStack(), toyKinds);
  expect(cloud.alive()).toEqual([]);
});

test('other stacks are not touched', async () => {
  cloud.add({ type: 'Gate', owner: 'gate', stack: 'other/test/local', version: '1.2.0', props: {} });
  await destroy(toyContext(cloud), toyStack(), toyKinds);
  expect(cloud.alive().map((item) => item.stack)).toEqual(['other/test/local']);
});

test('the plan lists what will go, what depends on others first', async () => {
  const context = toyContext(cloud);
  const actions = await planDestroy(context, toyStack(), toyKinds);
  expect(actions.map((one) => one.action)).toEqual(Array(8).fill('delete'));
  const order = actions.map((one) => one.id);
  expect(order.indexOf('service')).toBeLessThan(order.indexOf('balancer'));
  expect(order.at(-1)).toBe('net');
  expect(context.events).toEqual([{ type: 'plan.ready', actions }]);
});

test('a deletion that fails keeps what it stands on, and is named', async () => {
  cloud.onWrite = (when, call) => {
    if (when === 'before' && call.id === 'store')
      throw new ToyError('denied', 'not allowed to delete the store');
  };
  const { outcome, error, steps } = await destroy(toyContext(cloud), toyStack(), toyKinds);
  expect(outcome).toBe('failed');
  expect(error!.message).toBe('store: not allowed to delete the store');
  expect(
    steps
      .filter((step) => step.status === 'skipped')
      .map((step) => step.id)
      .sort(),
  ).toEqual(['net', 'sub-a']);
  expect(
    cloud
      .alive()
      .map((item) => item.owner)
      .sort(),
  ).toEqual(['net', 'store', 'sub-a']);
});

test('what shows up after it seemed to be gone is found and deleted', async () => {
  let late = true;
  cloud.onWrite = (when, call) => {
    if (when === 'after' && call.id === 'net' && late) {
      late = false;
      cloud.add({ type: 'Gate', owner: 'gate', stack: 'chat/test/local', version: '1.2.0', props: {} });
    }
  };
  expect((await destroy(toyContext(cloud), toyStack(), toyKinds)).outcome).toBe('done');
  expect(cloud.alive()).toEqual([]);
});

test('what cannot be got rid of makes the run a failure that names it', async () => {
  const weed = toyKind('Weed');
  cloud.add({ type: 'Weed', owner: 'weed', stack: 'chat/test/local', version: '1.2.0', props: {} });
  cloud.onWrite = (when, call) => {
    if (when === 'after' && call.id === 'weed')
      // After the deletion was seen to be done, before everything is listed once more.
      cloud.clock.sleep(75).then(
        () =>
          cloud.add({ type: 'Weed', owner: 'weed', stack: 'chat/test/local', version: '1.2.0', props: {} }),
        () => undefined,
      );
  };
  cloud.latency = 50;
  const { outcome, error } = await destroy(toyContext(cloud), [], [weed]);
  expect(outcome).toBe('failed');
  expect(error).toMatchObject({
    message: 'still there after the deletion: weed',
    details: [expect.stringMatching(/^weed: Weed Weed-\d+$/)],
  });
});

test('an interrupted removal says so, and the next one finishes', async () => {
  const stop = new AbortController();
  cloud.onWrite = (when, call) => {
    if (when === 'after' && call.id === 'balancer') stop.abort();
  };
  const { outcome, error } = await destroy(toyContext(cloud, { signal: stop.signal }), toyStack(), toyKinds);
  expect(outcome).toBe('interrupted');
  expect(error).toMatchObject({ exit: 130 });
  expect(cloud.alive().length).toBeGreaterThan(0);
  expect((await destroy(toyContext(cloud), toyStack(), toyKinds)).outcome).toBe('done');
  expect(cloud.alive()).toEqual([]);
});
