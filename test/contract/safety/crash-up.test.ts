import { expect, it } from 'vitest';
import { countResources } from '../../../src/local-cloud/resources.ts';
import { crashCases, patience, work } from './crash-rig.ts';
import { withSafety } from './safety-rig.ts';

const recorded = crashCases('up', () => Promise.resolve(undefined));

it('up of the full stack writes a lot', () => {
  expect(recorded().writes.length).toBeGreaterThan(90);
});

it(
  'down of what any killed up leaves ends with nothing left',
  async () => {
    for (const [index, from] of recorded().moments.entries()) {
      await withSafety({ from }, async (rig) => {
        await work.down(rig);
        expect(await countResources(rig.local.cloud), `killed after writing call ${index}`).toEqual({});
      });
    }
  },
  patience,
);
