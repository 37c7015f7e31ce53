import { beforeEach, describe, expect, test } from 'vitest';

import { apply } from '../../../src/engine/apply.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import { plan } from '../../../src/engine/plan.ts';
import { resource } from '../../../src/engine/resource.ts';
import type { AnyNode } from '../../../src/engine/resource.ts';
import { ToyCloud, ToyError, toyContext, toyKind } from '../../helpers/toy-cloud.ts';
import { balancer, net, sub, toyKinds, toyStack } from '../../helpers/toy-stack.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

let cloud: ToyCloud;

beforeEach(() => {
  cloud = new ToyCloud(new VirtualClock());
});

async function up(nodes: AnyNode<ToyCloud>[] = toyStack(), more: Partial<EngineContext<ToyCloud>> = {}) {
  const context = toyContext(cloud, more);
  const before = cloud.writes.length;
  const planned = await plan(context, nodes, toyKinds);
  const outcome = await apply(context, planned);
  const writes = cloud.writes.slice(before).map(({ verb, id }) => `${verb} ${id}`);
  return { ...outcome, events: context.events, planned, writes };
}

const single = (kind = toyKind('Thing'), props: Record<string, unknown> = { size: 1 }) => [
  resource({ id: 'thing', kind, needs: {}, props: () => props }),
];

const network = (range: string) => {
  const theNet = resource({ id: 'net', kind: net, needs: {}, props: () => ({ range }) });
  const theSub = resource({
    id: 'sub',
    kind: sub,
    needs: { net: theNet },
    props: ({ net }) => ({ net: net.ref }),
  });
  const front = resource({
    id: 'balancer',
    kind: balancer,
    needs: { theSub },
    props: (on) => ({ sub: on.theSub.ref }),
  });
  return [theNet, theSub, front];
};

describe('an empty account', () => {
  test('gets everything, each thing after what it needs', async () => {
    const { outcome, steps, attrs, writes } = await up();
    expect(outcome).toBe('done');
    expect(steps).toHaveLength(8);
    expect([...attrs.keys()].sort()).toEqual(
      toyStack()
        .map((node) => node.id)
        .sort(),
    );
    expect(cloud.picture()).toMatchObject({
      'Service service': { pool: 'pool', url: 'redis://store', count: 2 },
    });
    expect(writes[0]).toBe('create net');
    expect(writes.indexOf('create sub-a')).toBeLessThan(writes.indexOf('create store'));
    expect(writes.at(-1)).toBe('create service');
  });

  test('takes as long as its slowest chain, not as the sum', async () => {
    const { ms } = await up();
    expect(ms / 1000).toBeGreaterThan(420 + 35);
    expect(ms / 1000).toBeLessThan(420 + 35 + 15);
  });

  test('starts the slowest chain first when not everything can run at once', async () => {
    const { writes } = await up(toyStack(), { concurrency: 1 });
    expect(writes.slice(0, 3)).toEqual(['create net', 'create sub-a', 'create store']);
  });

  test('carries the owner tags and the tags of the config from the first call on', async () => {
    const tags: Record<string, string>[] = [];
    const kind = toyKind('Thing');
    const watched = {
      ...kind,
      create: (...args: Parameters<typeof kind.create>) => {
        tags.push(args[2].tags);
        return kind.create(...args);
      },
    };
    await up(single(watched), { extraTags: { team: 'chat', 'chatops:id': 'not mine' } });
    expect(tags).toEqual([
      {
        team: 'chat',
        Name: 'chat/test/local/thing',
        'chatops:stack': 'chat/test/local',
        'chatops:id': 'thing',
        'chatops:version': '1.2.0',
        'chatops:tags': 'chatops:id team',
      },
    ]);
  });
});

test('no more than the limit of steps write at once', async () => {
  const kind = toyKind('Thing');
  const many = Array.from({ length: 30 }, (_, index) =>
    resource({ id: `thing-${index}`, kind, needs: {}, props: () => ({ size: index }) }),
  );
  await up(many, { concurrency: 4 });
  expect(cloud.mostWritesInFlight).toBe(4);
  expect(cloud.alive()).toHaveLength(30);
});

test('many waiting steps share their readings', async () => {
  const kind = toyKind('Slow', { readyMs: 600_000 });
  const many = Array.from({ length: 10 }, (_, index) =>
    resource({ id: `slow-${index}`, kind, needs: {}, props: () => ({ size: index }) }),
  );
  await up(many);
  const finds = cloud.calls.filter((call) => call.verb === 'find' && call.type === 'Slow').length;
  // Each alone reads about 120 times in ten minutes; together they read once a second at most.
  expect(finds).toBeLessThan(640);
});

describe('a second run', () => {
  test('has nothing to do, and makes no writing call', async () => {
    await up();
    const finds = cloud.calls.length;
    const { writes, planned, events, outcome } = await up();
    expect(planned.changes).toBe(false);
    expect(writes).toEqual([]);
    expect(outcome).toBe('done');
    expect(events.map((event) => event.type)).toEqual(['plan.ready', 'run.finished']);
    expect(cloud.calls.length - finds).toBe(toyKinds.length);
  });

  test('updates in place what differs, and nothing else', async () => {
    await up();
    const { writes, planned } = await up(toyStack({ count: 5 }));
    expect(planned.actions.filter((one) => one.action !== 'none')).toEqual([
      {
        id: 'service',
        type: 'Service',
        action: 'update',
        changes: [{ path: 'count', from: 2, to: 5, action: 'update' }],
      },
    ]);
    expect(writes).toEqual(['update service']);
  });

  test('puts right what was changed by hand', async () => {
    await up();
    const before = cloud.picture();
    cloud.tamper('service', (props) => (props.count = 99));
    const { writes } = await up();
    expect(writes).toEqual(['update service']);
    expect(cloud.picture()).toEqual(before);
  });

  test('makes again what was deleted by hand, and moves what depends on it', async () => {
    await up();
    const before = cloud.picture();
    cloud.tamper('store', 'delete');
    const { writes, planned } = await up();
    expect(planned.actions.find((one) => one.id === 'service')!.changes).toEqual([
      expect.objectContaining({ path: 'url', to: 'redis://(known after apply)' }),
    ]);
    expect(writes).toEqual(['create store', 'update service']);
    expect(cloud.picture()).toEqual(before);
  });

  test('waits for what an earlier run left half-way', async () => {
    const killed = new AbortController();
    cloud.onWrite = (when, call) => {
      if (when === 'after' && call.id === 'store') killed.abort();
    };
    expect((await up(toyStack(), { signal: killed.signal })).outcome).toBe('interrupted');
    cloud.onWrite = () => undefined;
    const { outcome, attrs } = await up();
    expect(outcome).toBe('done');
    expect(attrs.get('store')).toMatchObject({ status: 'ready' });
    expect(cloud.writes.filter((call) => call.id === 'store')).toHaveLength(1);
  });
});

test('what stands but is not ready yet is no change, and not settled; applying waits for it and writes nothing', async () => {
  const slow = single(toyKind('Slow', { readyMs: 60_000 }));
  const killed = new AbortController();
  cloud.onWrite = (when) => when === 'after' && killed.abort();
  await up(slow, { signal: killed.signal });
  const { planned, outcome, writes, ms } = await up(slow);
  expect(planned).toMatchObject({ changes: false, settled: false });
  expect([outcome, writes]).toEqual(['done', []]);
  expect(ms).toBeGreaterThan(55_000);
  expect((await up(slow)).planned.settled).toBe(true);
});

describe('a replacement', () => {
  test('create-first: makes the new one, moves what depends on it, then deletes the old one', async () => {
    await up();
    const { writes, planned, outcome } = await up(toyStack({ port: 4000 }));
    expect(outcome).toBe('done');
    expect(planned.actions.find((one) => one.id === 'pool')!.action).toBe('replace');
    expect(writes).toEqual(
      ['create pool', 'update balancer', 'update service', 'delete pool'].map((write) =>
        expect.stringMatching(write),
      ),
    );
    expect(cloud.picture()).toMatchObject({ 'Pool pool': { port: 4000 } });
  });

  test('otherwise deletes first, waits until it is gone, and makes it again', async () => {
    await up(single(toyKind('Thing', { fixed: ['size'], goneMs: 60_000 })));
    const again = await up(single(toyKind('Thing', { fixed: ['size'], goneMs: 60_000 }), { size: 2 }));
    expect(again.writes).toEqual(['delete thing', 'create thing']);
    expect(again.ms).toBeGreaterThan(60_000);
  });

  test('of something that others stand on deletes those first', async () => {
    await up(network('10.0.0.0/16'));
    const { outcome, writes } = await up(network('10.9.0.0/16'), { allowReplace: new Set(['net']) });
    expect(outcome).toBe('done');
    expect(writes).toEqual([
      'delete balancer',
      'delete sub',
      'delete net',
      'create net',
      'create sub',
      'create balancer',
    ]);
  });
});

describe('what holds data', () => {
  test('is not replaced without permission, and nothing at all is written', async () => {
    await up();
    const before = cloud.writes.length;
    await expect(up(toyStack({ encrypted: false, count: 7 }))).rejects.toMatchObject({
      message: 'store holds data and would have to be replaced, because of encrypted',
      hint: expect.stringContaining('--allow-replace store'),
      exit: 5,
    });
    expect(cloud.writes).toHaveLength(before);
  });

  test('is replaced with permission', async () => {
    await up();
    const { writes } = await up(toyStack({ encrypted: false }), { allowReplace: new Set(['store']) });
    expect(writes).toEqual(['delete store', 'create store', 'update service']);
  });

  test('is not pruned without permission', async () => {
    const thing = toyKind('Store', { stateful: true });
    await up(single(thing));
    await expect(up([])).rejects.toMatchObject({ hint: expect.stringContaining('--allow-delete thing') });
    expect(cloud.alive()).toHaveLength(1);
    const { writes } = await up([], { allowDelete: new Set(['thing']) });
    expect(writes).toEqual(['delete thing']);
  });

  test('never shows its secrets', async () => {
    await up();
    const { planned } = await up(toyStack({ password: 'second' }));
    const changes = planned.actions.find((one) => one.id === 'store')!.changes;
    expect(changes).toEqual([
      { path: 'password', from: 'first', to: 'second', action: 'update', secret: true },
    ]);
  });
});

describe('what is no longer wanted', () => {
  test('is pruned after what referred to it has moved', async () => {
    await up();
    const { writes, planned } = await up(toyStack({ zones: ['a'], gate: false }));
    expect(planned.actions.filter((one) => one.action === 'delete').map((one) => one.id)).toEqual(
      expect.arrayContaining(['sub-b', 'gate']),
    );
    expect(writes.indexOf('create balancer')).toBeLessThan(writes.indexOf('delete sub-b'));
    expect(Object.keys(cloud.picture())).not.toContain('Sub sub-b');
    expect(Object.keys(cloud.picture())).not.toContain('Gate gate');
  });

  test('is left alone by a version older than one that wrote to the stack', async () => {
    await up();
    const scope = { stack: 'chat/test/local', hash: '01234567', version: '1.1.9' };
    await expect(up(toyStack({ gate: false }), { scope })).rejects.toMatchObject({
      code: 'plan.newer-version',
      hint: expect.stringContaining('install chatops 1.2.0'),
    });
  });
});

describe('a failing step', () => {
  test('skips what depends on it, lets the others finish, and is named', async () => {
    cloud.onWrite = (when, call) => {
      if (when === 'before' && call.id === 'store') throw new ToyError('fatal', 'quota reached');
    };
    const { outcome, steps, error, events } = await up();
    expect(outcome).toBe('failed');
    expect(error).toMatchObject({ message: 'store: quota reached', exit: 5 });
    expect(steps.filter((step) => step.status !== 'done').map((step) => [step.id, step.status])).toEqual([
      ['store', 'failed'],
      ['service', 'skipped'],
    ]);
    expect(events).toContainEqual({ type: 'step.skipped', id: 'service', because: 'store failed' });
    expect(Object.keys(cloud.picture())).toContain('Balancer balancer');
    cloud.onWrite = () => undefined;
    expect((await up()).outcome).toBe('done');
  });

  test('names the field that does not settle', async () => {
    await up(single(toyKind('Thing', { stubborn: ['size'] })));
    const { error, writes } = await up(single(toyKind('Thing', { stubborn: ['size'] }), { size: 2 }));
    expect(error!.message).toBe('thing does not take the value of size (is 1, wanted 2)');
    expect(writes).toEqual(['update thing', 'update thing', 'update thing']);
  });

  test('does not wait for ever for what never becomes ready', async () => {
    const { error, ms } = await up(single(toyKind('Thing', { readyMs: Infinity })));
    expect(error).toMatchObject({ message: 'thing is still creating after 30 min', exit: 8 });
    expect(ms).toBeLessThan(31 * 60_000);
  });

  test('gives up on throttling only after a long time', async () => {
    cloud.onWrite = () => {
      throw new ToyError('throttled', 'Rate exceeded');
    };
    const { error, ms } = await up(single());
    expect(error!.message).toBe('thing: Rate exceeded');
    expect(ms).toBeGreaterThan(14 * 60_000);
  });

  test('refuses a namesake that is not ours, soon', async () => {
    cloud.add({
      type: 'Thing',
      owner: 'thing',
      stack: 'other/test/local',
      version: '1.0.0',
      props: { name: 'taken' },
    });
    const { error, ms } = await up(single(toyKind('Thing'), { name: 'taken' }));
    expect(error).toMatchObject({ code: 'engine.namesake', hint: expect.stringContaining('rename') });
    expect(ms).toBeLessThan(20_000);
  });

  test('deletes the second of what the run itself made twice, because the first was seen far too late', async () => {
    cloud = new ToyCloud(new VirtualClock(), 3);
    cloud.faults = { hide: 20_000 };
    cloud.onWrite = (when, { verb }, count) => {
      if (when === 'before' || verb !== 'create' || count !== 1) return;
      cloud.faults = {};
      throw new ToyError('transient', 'socket hang up');
    };
    const { error, writes } = await up(single());
    expect(error).toBeUndefined();
    expect(writes).toEqual(['create thing', 'create thing', 'delete thing']);
    expect(cloud.alive()).toHaveLength(1);
  });

  test('names both when something exists twice', async () => {
    const twin = {
      type: 'Net',
      owner: 'net',
      stack: 'chat/test/local',
      version: '1.2.0',
      props: { range: '10.0.0.0/16' },
    };
    cloud.add(twin);
    cloud.add(twin);
    await expect(up()).rejects.toMatchObject({ message: 'net exists 2 times: Net-1, Net-2' });
    expect(cloud.writes).toEqual([]);
  });

  test('stops when the guard says that somebody else writes now', async () => {
    let writes = 0;
    const guard = () =>
      ++writes > 3 ? Promise.reject(new ToyError('fatal', 'lost the lock')) : Promise.resolve();
    const { outcome } = await up(toyStack(), { guard });
    expect(outcome).toBe('failed');
    expect(cloud.writes).toHaveLength(3);
  });
});
