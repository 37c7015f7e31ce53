import { expect, it } from 'vitest';
import { countResources } from '../../../src/local-cloud/resources.ts';
import { crashCases, standing } from './crash-rig.ts';
import { withSafety } from './safety-rig.ts';

const recorded = crashCases('down', () => standing());

it('down leaves nothing', async () => {
  expect(recorded().writes.length).toBeGreaterThan(50);
  await withSafety({ from: recorded().moments.at(-1)! }, async ({ local }) => {
    expect(await countResources(local.cloud)).toEqual({});
  });
});
