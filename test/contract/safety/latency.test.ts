import { expect, it } from 'vitest';
import { criticalPath, spansOf } from './critical-path.ts';
import { withSafety } from './safety-rig.ts';

/** Seconds: the cache takes 420, a task 35, and the checks between the rest. */
const limit = 495;

/** Milliseconds of each call, as they are within a continent. */
const callTakes = 100;

async function upOnAws(concurrency: number) {
  return withSafety({ profile: 'aws', callTakes }, async (rig) => {
    const { spans, emit } = spansOf(() => rig.clock.now());
    const started = rig.clock.now();
    await rig.up({}, { concurrency, emit });
    const seconds = (rig.clock.now() - started) / 1000;
    return { seconds, path: criticalPath(await rig.nodesOf({}), spans) };
  });
}

it(`up of the default stack takes at most ${limit} seconds where AWS takes as long as it was measured to`, async () => {
  const { seconds, path } = await upOnAws(10);
  const { seconds: oneByOne } = await upOnAws(1);
  console.log(
    `up: ${seconds.toFixed(0)} simulated seconds (at most ${limit})\n` +
      `up: ${oneByOne.toFixed(0)} simulated seconds one resource at a time (${(oneByOne / seconds).toFixed(2)} ×)\n` +
      `up: critical path ${path.join(' → ')}`,
  );
  expect(path.map((step) => step.split(' ')[0])).toContain('replication-group');
  expect(seconds).toBeGreaterThan(420 + 35);
  expect(seconds).toBeLessThanOrEqual(limit);
  expect(oneByOne).toBeGreaterThan(seconds);
}, 60_000);
