import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { identify, namesOf } from '../../src/config/names.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';
import { startLocalCloud } from '../helpers/local-cloud.ts';

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

describe('the cost in a plan on AWS', { timeout: 60_000 }, () => {
  let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
  let project: Project;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    project = await createProject({
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    });
    await project.configure({ region: 'eu-west-3', service: { image: 'example.com/chat:1' } });
  });
  afterAll(async () => {
    await project.close();
    await cloud.close();
  });

  const line = /cost: \$0\.00 → \$\d+\.\d\d a month with 1,000 clients \(`chatops cost` says how\)\n/;

  it('is one line, the same sum as `cost` says', async () => {
    const { stdout, code } = await project.run('plan');
    expect(code).toBe(0);
    expect(stdout).toMatch(line);
    const total = /\$[\d.]+(?= +total)/.exec((await project.run('cost')).stdout)![0];
    expect(stdout).toContain(`→ ${total} a month`);
  });

  it('is a pair of numbers for programs', async () => {
    const { cost } = JSON.parse((await project.run('plan', '--json')).stdout) as { cost: object };
    expect(cost).toEqual({
      currency: 'USD',
      before: 0,
      after: expect.any(Number) as number,
      afterMost: expect.any(Number) as number,
      unknown: [],
    });
  });

  it('is shown before up asks', async () => {
    const { stderr, code } = await project.run('up');
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
    expect(stderr.indexOf('cost:')).toBeLessThan(stderr.indexOf('no terminal to ask on'));
  });

  it('has a before once something stands', async () => {
    await cloud.clientsFor('eu-west-3').ecr.send(
      new CreateRepositoryCommand({
        repositoryName: namesOf(identify('chat', 'default', 'eu-west-3')).repository,
        tags: [
          { Key: 'chatops:stack', Value: 'chat/default/eu-west-3' },
          { Key: 'chatops:id', Value: 'repository' },
        ],
      }),
    );
    const { stdout } = await project.run('plan', '--json');
    const { cost } = JSON.parse(stdout) as { cost: { before: number } };
    expect(cost.before).toBeCloseTo(0.1 * 1.18, 6);
  });
});
