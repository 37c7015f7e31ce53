import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { runChecks } from '../../src/doctor/check.ts';
import { secretChecks } from '../../src/doctor/secrets.ts';
import { startLocalCloud } from '../helpers/local-cloud.ts';

const none = 'arn:aws:secretsmanager:local:000000000000:secret:none-AbCdEf';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
let token: string;
let login: string;
beforeAll(async () => {
  local = await startLocalCloud();
  const create = async (Name: string, SecretString: string) =>
    (await local.secretsManager.send(new CreateSecretCommand({ Name, SecretString }))).ARN!;
  token = await create('token', JSON.stringify({ key: 'hidden' }));
  login = await create('login', JSON.stringify({ username: 'anna', password: 'hidden' }));
  for (const Name of ['/talk/token', 'plain']) {
    await local.ssm.send(new PutParameterCommand({ Name, Type: 'SecureString', Value: 'hidden' }));
  }
});
afterAll(() => local.close());

type Clients = Parameters<typeof secretChecks>[0];

async function check(service: object, clients: Clients = { ...local, region: 'local' }) {
  const found = await runChecks(secretChecks(clients, configSchema.parse({ service }).service));
  expect(JSON.stringify(found)).not.toContain('hidden');
  return found;
}
const states = async (service: object, clients?: Clients) =>
  (await check(service, clients)).map(({ name, state }) => `${state} ${name}`);

it('asks for nothing where the config has no secrets', async () => {
  expect(await check({})).toEqual([]);
});

it('what is there and can be read is in order', async () => {
  const secrets = { A: '/talk/token', B: 'plain', C: 'talk/token', D: token, E: `${token}:key::` };
  expect(await states({ secrets, registryCredentials: login })).toEqual([
    'OK secret A',
    'OK secret B',
    'OK secret C',
    'OK secret D',
    'OK secret E',
    'OK registry credentials',
  ]);
});

it('what is not there, or lacks what is asked of it, has failed, and what to do is said', async () => {
  const found = await check({
    secrets: { A: '/talk/none', B: none, C: `${token}:other::`, D: `${token}:key:NONE:` },
    registryCredentials: token,
  });
  expect(found).toMatchObject([
    {
      state: 'FAIL',
      says: 'there is no parameter /talk/none',
      todo: expect.stringContaining('put-parameter'),
    },
    { state: 'FAIL', says: expect.stringContaining("can't find the specified secret") },
    { state: 'FAIL', says: expect.stringMatching(/has no other$/) },
    { state: 'FAIL', says: expect.stringContaining('staging label: NONE') },
    { state: 'FAIL', says: expect.stringContaining('has no username and no password') },
  ]);
});

it('one that is marked for deletion has failed', async () => {
  const { ARN } = await local.secretsManager.send(
    new CreateSecretCommand({ Name: 'leaving', SecretString: 'hidden' }),
  );
  await local.secretsManager.send(new DeleteSecretCommand({ SecretId: ARN }));
  expect(await check({ secrets: { A: ARN } })).toMatchObject([
    { state: 'FAIL', todo: expect.stringContaining('restore-secret') },
  ]);
});

it('credentials that may only describe it see that it is there; others are told what to allow', async () => {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const PolicyDocument = document({
    Effect: 'Allow',
    Action: 'secretsmanager:DescribeSecret',
    Resource: '*',
  });
  const AssumeRolePolicyDocument = document({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: 'arn:aws:iam::000000000000:root' },
  });
  const RoleName = 'deployer';
  const { Role } = await local.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await local.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  const { Credentials } = await local.sts.send(
    new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: 'test' }),
  );
  const settings = {
    region: 'local',
    endpoint: local.endpoint,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  };
  const clients = {
    region: 'local',
    secretsManager: new SecretsManagerClient(settings),
    ssm: new SSMClient(settings),
  };
  expect(await check({ secrets: { A: token, B: '/talk/token', C: none } }, clients)).toMatchObject([
    { state: 'SKIP', says: expect.stringContaining('is there') },
    { state: 'SKIP', todo: expect.stringContaining('ssm:GetParameters') },
    { state: 'FAIL' },
  ]);
});
