import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countResources } from '../../../src/local-cloud/resources.ts';
import { connectionReset } from '../../helpers/in-process.ts';
import type { Intercept } from '../../helpers/in-process.ts';
import { canonicalState } from './canonical-state.ts';
import { changedStack, fullStack } from './full-stack.ts';
import { withSafety } from './safety-rig.ts';
import type { SafetyRig, Snapshot } from './safety-rig.ts';
import { writeGate } from './write-gate.ts';

interface Recording {
  /** The state before the first writing call, after it, after the second, and so on. */
  moments: Snapshot[];
  /** The writing calls in their order. */
  writes: string[];
  end: unknown;
}

type Work = (rig: SafetyRig) => Promise<unknown>;

const work = {
  up: (rig) => rig.up(fullStack),
  update: (rig) => rig.up(changedStack),
  down: (rig) => rig.down(fullStack),
} satisfies Record<string, Work>;

const stops = { killed: 0, requestLost: 0, answerLost: 0 };
afterAll(() => {
  const all = Object.values(stops).reduce((sum, count) => sum + count, 0);
  console.log(
    `crash test: ${all} stops (${stops.killed} killed between two writing calls, ${stops.requestLost} writing calls lost, ${stops.answerLost} answers lost)`,
  );
});

/** Runs undisturbed and keeps every moment in which a kill could leave the cloud; ten steps at once, as the commands do. */
async function record(from: Snapshot | undefined, run: Work): Promise<Recording> {
  return withSafety({ ...(from && { from }) }, async (rig) => {
    const moments = [await rig.snapshot()];
    const writes: string[] = [];
    rig.intercept(
      writeGate(async ({ operation }, perform) => {
        const answer = await perform();
        writes.push(operation);
        moments.push(await rig.snapshot());
        return answer;
      }),
    );
    await run(rig);
    return { moments, writes, end: canonicalState(rig.local.cloud) };
  });
}

const recorded = {} as Record<keyof typeof work, Recording>;
const standing = () => recorded.up.moments.at(-1)!;

beforeAll(async () => {
  recorded.up = await record(undefined, work.up);
  recorded.update = await record(standing(), work.update);
  recorded.down = await record(standing(), work.down);
}, 120_000);

it('undisturbed, up writes, an update writes less, and down leaves nothing', async () => {
  expect(recorded.up.writes.length).toBeGreaterThan(45);
  expect(recorded.update.writes.length).toBeGreaterThan(10);
  expect(recorded.down.writes.length).toBeGreaterThan(30);
  await withSafety({ from: recorded.down.moments.at(-1)! }, async ({ local }) => {
    expect(await countResources(local.cloud)).toEqual({});
  });
});

describe.each(Object.keys(work) as (keyof typeof work)[])('%s', (name) => {
  it('killed before and after each of its writing calls and run again, comes out the same', async () => {
    const { moments, writes, end } = recorded[name];
    for (const [index, from] of moments.entries()) {
      const where = `killed before writing call ${index + 1} (${writes[index]})`;
      await withSafety({ from }, async (rig) => {
        await work[name](rig).catch((error: Error) => expect.fail(`${where}: ${error.message}`));
        expect(canonicalState(rig.local.cloud), where).toEqual(end);
      });
      stops.killed += 1;
    }
  }, 120_000);

  it.each(['requestLost', 'answerLost'] as const)(
    'with the %s of each of its writing calls, comes out the same without being run again',
    async (what) => {
      const { moments, writes, end } = recorded[name];
      for (const [index, operation] of writes.entries()) {
        const where = `${what} of writing call ${index + 1} (${operation} where undisturbed)`;
        await withSafety({ from: moments[0]! }, async (rig) => {
          rig.intercept(losing(index + 1, what));
          await work[name](rig).catch((error: Error) => expect.fail(`${where}: ${error.message}`));
          expect(canonicalState(rig.local.cloud), where).toEqual(end);
        });
        stops[what] += 1;
      }
    },
    120_000,
  );
});

it('down of what any killed up leaves ends with nothing left', async () => {
  for (const [index, from] of recorded.up.moments.entries()) {
    await withSafety({ from }, async (rig) => {
      await rig.down(fullStack);
      expect(canonicalState(rig.local.cloud), `killed after writing call ${index}`).toEqual(
        recorded.down.end,
      );
      expect(await countResources(rig.local.cloud)).toEqual({});
    });
  }
}, 120_000);

/** Loses one writing call, or its answer. */
function losing(at: number, what: 'requestLost' | 'answerLost'): Intercept {
  let writes = 0;
  return async ({ write }, perform) => {
    if (!write) return perform();
    writes += 1;
    if (writes !== at) return perform();
    if (what === 'answerLost') await perform();
    throw connectionReset();
  };
}
