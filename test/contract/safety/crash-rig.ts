import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectionReset } from '../../helpers/in-process.ts';
import type { Intercept } from '../../helpers/in-process.ts';
import { canonicalState } from './canonical-state.ts';
import { changedReplicaStack, changedStack, fullStack } from './full-stack.ts';
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

/** What is stopped. */
export const work = {
  up: (rig) => rig.up(fullStack),
  update: (rig) => rig.up(changedStack),
  down: (rig) => rig.down(fullStack),
  'update with replicas': (rig) => rig.up(changedReplicaStack),
} satisfies Record<string, Work>;

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

/** The state of a stack that stands; default: the full one. */
export async function standing(settings: object = fullStack): Promise<Snapshot> {
  return withSafety({}, async (rig) => {
    await rig.up(settings);
    return rig.snapshot();
  });
}

/** How long all stops of one kind may take together. */
export const patience = 240_000;

/** The cases of one work: killed between any two of its writing calls, and each of them lost. `from`: what it starts with. */
export function crashCases(
  name: keyof typeof work,
  from: () => Promise<Snapshot | undefined>,
): () => Recording {
  let recorded: Recording;
  const stops = { killed: 0, requestLost: 0, answerLost: 0 };

  beforeAll(async () => {
    recorded = await record(await from(), work[name]);
  }, patience);

  afterAll(() => {
    const all = Object.values(stops).reduce((sum, count) => sum + count, 0);
    console.log(
      `crash test of ${name}: ${all} stops (${stops.killed} killed between two writing calls, ${stops.requestLost} writing calls lost, ${stops.answerLost} answers lost)`,
    );
  });

  it(
    `${name}, killed before and after each of its writing calls and run again, comes out the same`,
    async () => {
      const { moments, writes, end } = recorded;
      for (const [index, moment] of moments.entries()) {
        const where = `killed before writing call ${index + 1} (${writes[index]})`;
        await withSafety({ from: moment }, async (rig) => {
          await work[name](rig).catch((error: Error) => expect.fail(`${where}: ${error.message}`));
          expect(canonicalState(rig.local.cloud), where).toEqual(end);
        });
        stops.killed += 1;
      }
    },
    patience,
  );

  it(
    `${name}, with each of its writing calls lost and each answer lost, comes out the same without being run again`,
    async () => {
      const { moments, writes, end } = recorded;
      const count = writes.length;
      for (const index of writes.keys()) {
        // One run has two of them, far from each other.
        const lost = { request: index, answer: (index + Math.floor(count / 2)) % count };
        const where = `writing call ${lost.request + 1} (${writes[lost.request]} where undisturbed) and the answer of ${lost.answer + 1} (${writes[lost.answer]}) lost`;
        await withSafety({ from: moments[0]! }, async (rig) => {
          rig.intercept(losing(lost));
          await work[name](rig).catch((error: Error) => expect.fail(`${where}: ${error.message}`));
          expect(canonicalState(rig.local.cloud), where).toEqual(end);
        });
        stops.requestLost += 1;
        stops.answerLost += 1;
      }
    },
    patience,
  );

  return () => recorded;
}

/** Loses one writing call, and the answer of another; both count from 0. */
function losing(lost: { request: number; answer: number }): Intercept {
  let writes = 0;
  return async ({ write }, perform) => {
    if (!write) return perform();
    const index = writes;
    writes += 1;
    if (index === lost.request) throw connectionReset();
    const answer = await perform();
    if (index === lost.answer) throw connectionReset();
    return answer;
  };
}
