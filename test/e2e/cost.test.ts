import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

describe('cost', { timeout: 60_000 }, () => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject();
  });
  afterAll(() => project.close());

  it('says that this machine costs nothing, and what the same would cost in a region', async () => {
    const { code, stdout } = await project.run('cost', '--region', 'eu-west-3', '--clients', '5000');
    expect(code).toBe(0);
    expect(stdout).toContain('on this machine it costs nothing; in eu-west-3 the same config would cost:');
    expect(stdout).toMatch(/\$\d+\.\d\d +replication-group +1 × cache\.t4g\.micro, valkey/);
    expect(stdout).toMatch(/\$\d+\.\d\d +total/);
    expect(stdout).toMatch(/- for 5,000 clients: bytes decide the LCUs \(.* GB an hour \/ 1 = /);
    await expect(access(path.join(project.folder, '.chatops'))).rejects.toThrow('ENOENT');
  });

  it('gives programs numbers that add up', async () => {
    const { stdout } = await project.run('cost', '--json');
    const { lines, monthly, currency, region } = JSON.parse(stdout) as {
      lines: { monthly: number }[];
      monthly: number;
      currency: string;
      region: string;
    };
    expect({ currency, region }).toEqual({ currency: 'USD', region: 'us-east-1' });
    expect(lines.reduce((sum, line) => sum + line.monthly, 0)).toBeCloseTo(monthly, 6);
  });

  it.each([
    [['--region', 'eu-west-33'], 'there are no prices for region "eu-west-33"', 'did you mean "eu-west-3"?'],
    [['--clients', 'many'], "argument 'many' is invalid. must be a whole number of clients.", ''],
  ])('%j is a usage error', async (args, message, hint) => {
    const { code, stderr } = await project.run('cost', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});
