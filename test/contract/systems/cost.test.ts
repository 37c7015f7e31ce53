import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resourcesOf } from '../../../src/commands/priced.ts';
import { estimate } from '../../../src/cost/estimate.ts';
import { configOf } from './system-rig.ts';

async function costOf(name: string) {
  const { config, identity } = await configOf(name);
  return estimate(await resourcesOf(config, identity, identity.region), identity.region, 1000)!;
}

it('each system has a price, without a gap', async () => {
  const files = await readdir(new URL('../../fixtures/systems', import.meta.url));
  const systems = files.filter((file) => file.endsWith('.jsonc')).map((file) => file.replace('.jsonc', ''));
  expect(systems).toHaveLength(5);
  for (const system of systems) {
    const { monthly, unknown } = await costOf(system);
    expect(unknown, system).toEqual([]);
    expect(monthly, system).toBeGreaterThan(50);
  }
});

it('the front end pays for its tasks, its load balancer and its way out', async () => {
  const { lines } = await costOf('front');
  const paid = lines.filter(({ monthly }) => monthly !== undefined && monthly > 5).map(({ id }) => id);
  expect([...new Set(paid)]).toEqual(
    expect.arrayContaining(['load-balancer', 'service', expect.stringMatching(/^nat-gateway/)]),
  );
});
