import { expect, it } from 'vitest';
import { crashCases, standing } from './crash-rig.ts';

const recorded = crashCases('update', () => standing());

it('an update of many fields writes a lot', () => {
  expect(recorded().writes.length).toBeGreaterThan(40);
});
