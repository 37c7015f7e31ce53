import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

describe('what up refuses before it writes', { timeout: 60_000 }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject();
  });
  afterAll(() => project.close());

  it('another account than the one that the config names', async () => {
    await project.configure({ account: '123456789012' });
    const refused = await project.run('up');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      'error: the config is for account 123456789012, the credentials are for 000000000000',
    );
    expect(refused.stderr).toContain('hint: choose other credentials');
  });
});
