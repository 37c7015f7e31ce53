import { expect, it } from 'vitest';
import type { Attempt } from '../../helpers/in-process.ts';
import { changedStack, fullStack } from './full-stack.ts';
import { withSafety } from './safety-rig.ts';

/** Simulated milliseconds of each call: so many of them after each other are so many calls deep. */
const callTakes = 100;

it.each([
  ['the full stack', fullStack],
  ['another one', changedStack],
])('a no-op up of %s makes only reading calls, at most three deep', async (name, settings) => {
  await withSafety({ callTakes }, async (rig) => {
    await rig.up(settings);
    const made: Attempt[] = [];
    rig.intercept((attempt, perform) => {
      made.push(attempt);
      return perform();
    });
    const nodes = await rig.nodesOf(settings);
    made.length = 0;
    const started = rig.clock.now();
    const plan = await rig.planOf(nodes);
    const deep = Math.round((rig.clock.now() - started) / callTakes);
    await rig.applyPlan(plan);

    expect(plan.changes).toBe(false);
    expect(made.filter(({ write }) => write)).toEqual([]);
    expect(made.length).toBeGreaterThan(20);
    expect(deep).toBeLessThanOrEqual(3);
    const services = [...new Set(made.map(({ service }) => service.signingName))];
    const perService = services
      .map((one) => `${one} ${made.filter(({ service }) => service.signingName === one).length}`)
      .join(', ');
    console.log(`no-op up of ${name}: ${made.length} reading calls, ${deep} deep (${perService})`);
  });
});
