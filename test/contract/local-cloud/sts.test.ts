import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../../src/aws/clients.ts';
import { realClock } from '../../../src/local-cloud/clock.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
/** What has passed besides real time, in milliseconds. */
let passed: number;

const roleArn = 'arn:aws:iam::000000000000:role/team/deployer';
const root = 'arn:aws:iam::000000000000:root';

beforeEach(async () => {
  passed = 0;
  const clock = realClock('instant');
  cloud = await startLocalCloud({ clock: { ...clock, now: () => clock.now() + passed } });
});

afterEach(() => cloud.close());

async function createRole(statement: object, Action = 'ec2:*'): Promise<void> {
  const document = (one: object) => JSON.stringify({ Version: '2012-10-17', Statement: [one] });
  await cloud.iam.send(
    new CreateRoleCommand({
      RoleName: 'deployer',
      Path: '/team/',
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }),
    }),
  );
  const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' });
  await cloud.iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'own', PolicyDocument }));
}

const assume = (input: object = {}) =>
  new STSClient({ region: 'local', endpoint: cloud.endpoint, credentials: cloud.credentials }).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'test', ...input }),
  );

const connected = (externalId?: string) =>
  connect({
    region: 'local',
    endpoint: cloud.endpoint,
    credentials: cloud.credentials,
    assumeRole: { roleArn, externalId, sessionName: 'chatops' },
  });

test('the keys of a role may do what it may, until they end', async () => {
  await createRole({ Principal: { AWS: root } });
  const { Credentials, AssumedRoleUser } = await assume({ DurationSeconds: 900 });
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  const own = { region: 'local', endpoint: cloud.endpoint, credentials, maxAttempts: 1 };
  const { Arn } = await new STSClient(own).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/deployer/test');
  expect(AssumedRoleUser!.Arn).toBe(Arn);
  await new EC2Client(own).send(new DescribeVpcsCommand({}));
  await expect(
    new STSClient(own).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'x2' })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  passed = 901_000;
  await expect(
    new EC2Client({ ...own, systemClockOffset: passed }).send(new DescribeVpcsCommand({})),
  ).rejects.toThrow(/not able to validate/);
});

test.each([
  ['a role that is not there', undefined, {}],
  ['a role that trusts somebody else', { Principal: { Service: 'ecs-tasks.amazonaws.com' } }, {}],
  [
    'no external id where one is asked for',
    { Principal: { AWS: root }, Condition: { StringEquals: { 'sts:ExternalId': 'ours' } } },
    {},
  ],
  [
    'a wrong external id',
    { Principal: { AWS: root }, Condition: { StringEquals: { 'sts:ExternalId': 'ours' } } },
    { ExternalId: 'theirs' },
  ],
])('refuses %s', async (_what, statement, input) => {
  if (statement !== undefined) await createRole(statement);
  await expect(assume(input)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::000000000000:user/local is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  });
});

test('refuses sessions that are longer than the role allows', async () => {
  await createRole({ Principal: { AWS: root } });
  await expect(assume({ DurationSeconds: 7200 })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a connection as a role makes every call as it, and gets new keys before the old ones end', async () => {
  await createRole({
    Principal: { AWS: '000000000000' },
    Condition: { StringEquals: { 'sts:ExternalId': 'ours' } },
  });
  const asRole = await connected('ours');
  const arn = async () => (await asRole.sts.send(new GetCallerIdentityCommand({}))).Arn;
  expect(await arn()).toBe('arn:aws:sts::000000000000:assumed-role/deployer/chatops');
  await asRole.ec2.send(new DescribeVpcsCommand({}));
  await expect(connected()).rejects.toMatchObject({
    exit: 4,
    code: 'access.role',
    message: expect.stringContaining(`cannot assume the role ${roleArn}: `),
    hint: expect.stringContaining('assumeRole.externalId'),
  });
});
