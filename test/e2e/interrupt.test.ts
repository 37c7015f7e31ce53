import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

describe('stopping at a bad moment', { timeout: 120_000 }, () => {
  let project: Project;
  beforeEach(async () => {
    project = await createProject();
  });
  afterEach(() => project.close());

  /** Starts `up` and sends it a signal as soon as its output matches. */
  async function interrupted(signal: NodeJS.Signals, when: RegExp) {
    const run = project.start('up');
    await vi.waitUntil(() => when.test(run.output()), { timeout: 30_000, interval: 5 });
    run.child.kill(signal);
    return run.done;
  }

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    '%s ends the run in order, and the same command continues',
    async (signal) => {
      const stopped = await interrupted(signal, /✓ vpc/);
      expect(stopped.code, stopped.stderr).toBe(130);
      expect(stopped.stderr).toMatch(/error: interrupted: \d+ steps? (is|are) done, nothing is half-done/);
      expect(stopped.stderr).toContain('hint: run the same command again: it continues from here');
      const again = await project.run('up');
      expect(again, again.stderr).toMatchObject({ code: 0 });
      expect(again.stderr).not.toContain('vpc                          created');
      expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
      expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
    },
  );

  it('a killed run leaves nothing that the next does not find', async () => {
    await interrupted('SIGKILL', /✓ internet-gateway/);
    const again = await project.run('up');
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    const removed = await project.run('down', '--yes');
    expect(removed, removed.stderr).toMatchObject({ code: 0 });
  });

  it('a local cloud that was killed is started anew by the next command, and nothing of the old one runs on', async () => {
    expect(await project.run('up')).toMatchObject({ code: 0 });
    const { processes } = JSON.parse((await project.run('local', 'status', '--json')).stdout) as {
      processes: { pid: number }[];
    };
    const { pid } = await project.daemon();
    process.kill(pid, 'SIGKILL');
    const again = await project.run('up');
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect((await fetch(again.stdout.trim())).status).toBe(200);
    for (const old of processes)
      expect(() => process.kill(old.pid, 0), `process ${old.pid}`).toThrow('ESRCH');
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
  });

  it('two commands at once start one local cloud, and only one writes', async () => {
    const [one, other] = await Promise.all([project.run('up'), project.run('up')]);
    expect([one.code, other.code], one.stderr + other.stderr).toContain(0);
    const refused = [one, other].find(({ code }) => code !== 0);
    if (refused !== undefined) expect(refused.stderr).toMatch(/error: .*chatops up/);
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
  });
});
