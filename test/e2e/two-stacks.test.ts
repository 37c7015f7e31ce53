import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStatus } from '../../src/aws/local-daemon.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

describe('two stacks of one app in one local cloud', { timeout: 120_000 }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject();
    await project.configure({
      app: 'talk',
      region: 'local',
      environments: { two: { region: 'local', service: { count: 1 } } },
    });
  });
  afterAll(() => project.close());

  const status = async () =>
    JSON.parse((await project.run('local', 'status', '--json')).stdout) as LocalStatus;

  it('stand side by side on ports of their own, and `down` of one leaves exactly what was there before it', async () => {
    const two = await project.run('up', '--env', 'two');
    expect(two, two.stderr).toMatchObject({ code: 0 });
    const before = await status();

    const base = await project.run('up');
    expect(base, base.stderr).toMatchObject({ code: 0 });
    expect(base.stdout).not.toBe(two.stdout);
    const listed = await project.run('ls');
    expect(listed.stdout).toContain(base.stdout.trim());
    expect(listed.stdout).toContain(two.stdout.trim());
    expect((await status()).stacks.toSorted()).toEqual(['talk/default/local', 'talk/two/local']);

    const removed = await project.run('down', '--yes');
    expect(removed, removed.stderr).toMatchObject({ code: 0 });
    // Every listing call of every service, counted by the cloud itself.
    const after = await status();
    expect(after.resources).toEqual(before.resources);
    expect(after.processes).toHaveLength(before.processes.length);
    expect((await fetch(two.stdout.trim())).status).toBe(200);
    expect(after.stacks).toEqual(['talk/two/local']);
  });

  it('the local cloud ends with the last of them', async () => {
    expect(await project.run('down', '--yes', '--env', 'two')).toMatchObject({ code: 0 });
    expect((await project.run('local', 'status')).stdout).toBe('the local cloud does not run\n');
  });
});
