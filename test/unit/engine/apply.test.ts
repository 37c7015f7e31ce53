import { beforeEach, describe, expect, test } from 'vitest';

import { apply } from '../../../src/engine/apply.ts';
import { plan } from '../../../src/engine/plan.ts';
import { ToyCloud, toyContext } from '../../helpers/toy-cloud.ts';
import type { ToyConfig } from '../../helpers/toy-stack.ts';
import { toyKinds, toyStack } from '../../helpers/toy-stack.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

let cloud: ToyCloud;

beforeEach(() => {
  cloud = new ToyCloud(new VirtualClock());
});

async function up(config: ToyConfig = {}, more: Parameters<typeof toyContext>[1] = {}) {
  const context = toyContext(cloud, more);
  const planned = await plan(context, toyStack(config), toyKinds);
  const outcome = await apply(context, planned);
  return { ...outcome, events: context.events, planned };
}

const writesSince = (start: number) => cloud.writes.slice(start).map(({ verb, id }) => `${verb} ${id}`);

describe('an empty account', () => {
  test('gets everything, each thing after what it needs', async () => {
    const { outcome, steps, attrs } = await up();
    expect(outcome).toBe('done');
    expect(steps).toHaveLength(8);
    expect([...attrs.keys()].sort()).toEqual(
      toyStack()
        .map((node) => node.id)
        .sort(),
    );
    expect(cloud.picture()).toMatchObject({ 'Service service': { pool: 'pool', count: 2 } });
    const order = writesSince(0);
    expect(order[0]).toBe('create net');
    expect(order.indexOf('create sub-a')).toBeLessThan(order.indexOf('create store'));
    expect(order.at(-1)).toBe('create service');
  });

  test('takes as long as its slowest chain, not as the sum', async () => {
    const { ms } = await up();
    expect(ms / 1000).toBeGreaterThan(420 + 35);
    expect(ms / 1000).toBeLessThan(420 + 35 + 15);
  });
});
