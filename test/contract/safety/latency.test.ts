import { expect, it } from 'vitest';
import { criticalPath, spansOf } from './critical-path.ts';
import { withSafety } from './safety-rig.ts';

/** Milliseconds of each call, as they are within a continent. */
const callTakes = 100;

async function upOnAws(settings: object, concurrency: number) {
  return withSafety({ profile: 'aws', callTakes }, async (rig) => {
    const { spans, emit } = spansOf(() => rig.clock.now());
    const started = rig.clock.now();
    await rig.up(settings, { concurrency, emit });
    const seconds = (rig.clock.now() - started) / 1000;
    return { seconds, path: criticalPath(await rig.nodesOf(settings), spans) };
  });
}

const stacks = [
  // The cache takes 420, a task 35, and the checks between the rest.
  { name: 'the default stack', settings: {}, limit: 495, path: 'replication-group', least: 420 + 35 },
  // The load balancer takes longer than the cache; its tasks start when it has a listener.
  {
    name: 'a stack with a serverless cache',
    settings: { redis: { mode: 'serverless' } },
    limit: 210,
    path: 'load-balancer',
    least: 150 + 35,
  },
];

it.each(stacks)(
  'up of $name takes at most $limit seconds where AWS takes as long as it was measured to',
  async ({ name, settings, limit, path: longest, least }) => {
    // This one first: what is loaded on the way takes time of the machine, for which a simulated clock does not wait.
    const { seconds: oneByOne } = await upOnAws(settings, 1);
    const { seconds, path } = await upOnAws(settings, 10);
    console.log(
      `up: ${name}: ${seconds.toFixed(0)} simulated seconds (at most ${limit})\n` +
        `up: ${name}: ${oneByOne.toFixed(0)} simulated seconds one resource at a time (${(oneByOne / seconds).toFixed(2)} ×)\n` +
        `up: ${name}: critical path ${path.join(' → ')}`,
    );
    expect(path.map((step) => step.split(' ')[0])).toContain(longest);
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThanOrEqual(limit);
    expect(oneByOne).toBeGreaterThan(seconds);
  },
  60_000,
);
