import { afterAll, beforeAll, expect, it } from 'vitest';
import { countResources } from '../../../src/local-cloud/resources.ts';
import { seeded } from '../../helpers/toy-cloud.ts';
import { canonicalState } from './canonical-state.ts';
import { faultyCalls } from './faulty-calls.ts';
import { changedStack, fullStack } from './full-stack.ts';
import { withSafety } from './safety-rig.ts';

/** A seed that failed can be run alone: SAFETY_SEED=7. */
const seeds =
  process.env['SAFETY_SEED'] === undefined ? [1, 2, 3, 4, 5] : [Number(process.env['SAFETY_SEED'])];

/** How late a listing can show what was written, in milliseconds. */
const late = 5_000;

const told = new Map<string, number>();
let undisturbed: { up: unknown; update: unknown; down: unknown };

beforeAll(async () => {
  undisturbed = await withSafety({}, async (rig) => {
    const picture = () => canonicalState(rig.local.cloud);
    await rig.up(fullStack);
    const up = picture();
    await rig.up(changedStack);
    const update = picture();
    await rig.down(changedStack);
    return { up, update, down: picture() };
  });
});

afterAll(() => {
  const counts = [...told].map(([what, count]) => `${count} ${what}`).join(', ');
  console.log(`fault test: seeds ${seeds.join(', ')}: ${counts}`);
});

it.each(seeds)(
  'up, update and down come out the same with calls that are throttled, fail, are cut off or seen late: seed %i',
  async (seed) => {
    const random = seeded(seed);
    const tell = (what: string) => told.set(what, (told.get(what) ?? 0) + 1);
    await withSafety({ late: { upTo: late, random } }, async (rig) => {
      const { cloud } = rig.local;
      rig.intercept(faultyCalls(random, tell));
      const started = rig.clock.now();
      await rig.up(fullStack, { random });
      expect(canonicalState(cloud), `up with seed ${seed}`).toEqual(undisturbed.up);
      await rig.up(changedStack, { random });
      expect(canonicalState(cloud), `update with seed ${seed}`).toEqual(undisturbed.update);
      await rig.down(changedStack, { random });
      expect(canonicalState(cloud), `down with seed ${seed}`).toEqual(undisturbed.down);
      expect(await countResources(cloud)).toEqual({});
      tell(`simulated minutes of seed ${seed}: ${Math.round((rig.clock.now() - started) / 60_000)}`);
    });
  },
  60_000,
);
