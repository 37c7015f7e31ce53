import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/** So many runs are killed in all, and in one life of the stack at most. */
const kills = { all: 20, perLife: 7 };

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.close());

/** Kills an `up` once so many of its steps are done; false when it was over before that. */
async function killedAfter(steps: number): Promise<boolean> {
  const run = project.start('up');
  let over = false;
  void run.done.then(() => (over = true));
  const done = () => (run.output().match(/^✓/gm) ?? []).length;
  // Without `expect`: asked every 2 ms, its errors would cost more than the run.
  await vi.waitUntil(() => over || done() >= steps, { timeout: 30_000, interval: 2 });
  run.child.kill('SIGKILL');
  const { code } = await run.done;
  return code === null;
}

it(`up that is killed ${kills.all} times, at one step after the other, ends in a whole stack, and down leaves nothing`, async () => {
  let killed = 0;
  let lives = 0;
  while (killed < kills.all) {
    lives += 1;
    // Fewer steps are left each time: a run that was over before it was killed ends the life.
    for (let inLife = 0; inLife < kills.perLife && killed < kills.all; inLife += 1) {
      if (!(await killedAfter(1 + ((killed + lives) % 4)))) break;
      killed += 1;
    }
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    expect((await fetch(up.stdout.trim())).status).toBe(200);
    const down = await project.run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(down.stdout).toMatch(/resources of chat\/default\/local are gone, and no listing finds any/);
    expect((await project.run('local', 'status')).stdout).toBe('the local cloud does not run\n');
  }
  console.log(`kill test: ${killed} runs of up killed in ${lives} lives of a stack`);
}, 400_000);
