import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

const roleArn = 'arn:aws:iam::000000000000:role/deployer';
let project: Project;
let iam: IAMClient;

beforeAll(async () => {
  project = await createProject();
  expect((await project.run('local', 'start')).code).toBe(0);
  const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
  iam = new IAMClient({ region: 'local', endpoint, credentials: { accessKeyId, secretAccessKey } });
}, 60_000);
afterAll(() => project.close());

async function allow(Action: string[]): Promise<void> {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'own', PolicyDocument }));
}

it('a role that cannot be assumed ends the command with access denied, and says what to do', async () => {
  await project.configure({ assumeRole: { roleArn, externalId: 'ours' } });
  const { code, stderr } = await project.run('plan');
  expect(code).toBe(4);
  expect(stderr).toContain(`error: cannot assume the role ${roleArn}: sts AssumeRole: AccessDenied`);
  expect(stderr).toContain('hint: let these credentials call sts:AssumeRole on it');
});

it(
  'everything is done as the role: what it may not do is refused, what it may is done',
  { timeout: 120_000 },
  async () => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'deployer',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { AWS: 'arn:aws:iam::000000000000:root' },
              Condition: { StringEquals: { 'sts:ExternalId': 'ours' } },
            },
          ],
        }),
      }),
    );
    await allow(['ec2:*']);
    const refused = await project.run('up');
    expect(refused.code, refused.stderr).toBe(4);
    expect(refused.stderr).toContain('assumed-role/deployer/chatops is not authorized to perform');

    await allow(['*']);
    const up = await project.run('up', '--no-check');
    expect(up.code, up.stderr).toBe(0);
    const other = { assumeRole: { roleArn, externalId: 'ours' }, account: '123456789012' };
    await project.configure(other);
    expect((await project.run('plan')).stderr).toContain('the config is for account 123456789012');
    await project.configure({ assumeRole: { roleArn, externalId: 'ours' } });
    expect((await project.run('down', '--yes')).code).toBe(0);
  },
);
