import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

let project: Project;
beforeEach(async () => {
  project = await createProject();
});
afterEach(() => project.close());

it('down refuses a protected stack, says how to lift it, and then goes on', { timeout: 60_000 }, async () => {
  await project.configure({ protect: true, environments: { test: { region: 'local' } } });
  const base = await project.run('down', '--yes');
  expect(base.code).toBe(3);
  expect(base.stderr.split('\n')[0]).toContain('stack chat/default/local is protected');
  expect(base.stderr).toContain('hint: set "protect" to false');
  expect(base.stdout).toBe('');

  const environment = await project.run('down', '--yes', '--env', 'test');
  expect(environment.code).toBe(3);
  expect(environment.stderr).toContain('hint: set "environments.test.protect" to false');

  await project.configure({ protect: true, environments: { test: { region: 'local', protect: false } } });
  const lifted = await project.run('down', '--yes', '--env', 'test');
  expect(lifted).toMatchObject({ code: 0, stdout: 'nothing to remove: stack chat/test/local is not up\n' });
});
