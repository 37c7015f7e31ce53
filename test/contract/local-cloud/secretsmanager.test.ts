import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import type { GetSecretValueCommandInput } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { secretValues } from '../../../src/local-cloud/services/ecs/scheduler/secrets.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';

let local: Awaited<ReturnType<typeof startLocalCloud>>;
beforeEach(async () => {
  local = await startLocalCloud();
});
afterEach(() => local.close());

const create = (Name: string, SecretString?: string) =>
  local.secretsManager.send(new CreateSecretCommand({ Name, SecretString }));
const put = (SecretId: string, SecretString: string) =>
  local.secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString }));
const read = (input: GetSecretValueCommandInput) =>
  local.secretsManager.send(new GetSecretValueCommand(input));
const valueFor = async (valueFrom: string) =>
  (await secretValues(local.call(), [{ name: 'A', valueFrom }]))['A'];

it('a secret has its ARN with six characters, is read by name and ARN, and described without its value', async () => {
  const { ARN, VersionId } = await create('team/token', 'hidden');
  expect(ARN).toMatch(/^arn:aws:secretsmanager:local:000000000000:secret:team\/token-[A-Za-z0-9]{6}$/);
  for (const SecretId of ['team/token', ARN!, ARN!.slice(0, -7)]) {
    expect(await read({ SecretId })).toMatchObject({
      ARN,
      VersionId,
      SecretString: 'hidden',
      VersionStages: ['AWSCURRENT'],
    });
  }
  const described = await local.secretsManager.send(new DescribeSecretCommand({ SecretId: 'team/token' }));
  expect(described).toMatchObject({ ARN, VersionIdsToStages: { [VersionId!]: ['AWSCURRENT'] } });
  expect(JSON.stringify(described)).not.toContain('hidden');
});

it('a new value is the current one, and the one before is still there by its stage and its version', async () => {
  const { VersionId: first } = await create('token', 'one');
  const { VersionId: second } = await put('token', 'two');
  const SecretId = 'token';
  expect((await read({ SecretId })).SecretString).toBe('two');
  expect((await read({ SecretId, VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
  expect((await read({ SecretId, VersionId: first })).SecretString).toBe('one');
  expect((await read({ SecretId, VersionId: second })).SecretString).toBe('two');
  await put('token', 'three');
  const { VersionIdsToStages } = await local.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  expect(VersionIdsToStages).not.toHaveProperty(first!);
});

it('refuses in the words of Secrets Manager', async () => {
  await create('token', 'one');
  await create('empty');
  const refusals: [Promise<unknown>, string, string | RegExp][] = [
    [
      read({ SecretId: 'nobody' }),
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    ],
    [
      read({ SecretId: 'empty' }),
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ],
    [read({ SecretId: 'token', VersionStage: 'NONE' }), 'ResourceNotFoundException', /staging label: NONE$/],
    [
      create('token', 'two'),
      'ResourceExistsException',
      'The operation failed because the secret token already exists.',
    ],
    [create('not a name', 'x'), 'ValidationException', /^Invalid name/],
    [
      local.secretsManager.send(new PutSecretValueCommand({ SecretId: 'token' })),
      'InvalidParameterException',
      /SecretString or SecretBinary/,
    ],
    [
      local.secretsManager.send(new DeleteSecretCommand({ SecretId: 'token', RecoveryWindowInDays: 3 })),
      'InvalidParameterException',
      /between 7 and 30 days/,
    ],
  ];
  for (const [call, name, message] of refusals) {
    await expect(call).rejects.toMatchObject({
      name,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  }
});

it('a deleted one cannot be read until its days are over; deleted by force it is gone', async () => {
  await create('token', 'one');
  const remove = (more: object = {}) =>
    local.secretsManager.send(new DeleteSecretCommand({ SecretId: 'token', ...more }));
  const { DeletionDate } = await remove({ RecoveryWindowInDays: 7 });
  expect(Math.round((DeletionDate!.getTime() - Date.now()) / 86_400_000)).toBe(7);
  const refused = { name: 'InvalidRequestException' };
  await expect(read({ SecretId: 'token' })).rejects.toMatchObject(refused);
  await expect(create('token', 'two')).rejects.toMatchObject(refused);
  await create('other', 'one');
  await local.secretsManager.send(
    new DeleteSecretCommand({ SecretId: 'other', ForceDeleteWithoutRecovery: true }),
  );
  await create('other', 'two');
});

it('a task is given the whole secret, a key of it, a stage or a version', async () => {
  const { ARN, VersionId } = await create('db', JSON.stringify({ password: 'one', port: 5432 }));
  await put('db', JSON.stringify({ password: 'two' }));
  expect(await valueFor(ARN!)).toBe('{"password":"two"}');
  expect(await valueFor(`${ARN}:password::`)).toBe('two');
  expect(await valueFor(`${ARN}:password`)).toBe('two');
  expect(await valueFor(`${ARN}:password:AWSPREVIOUS:`)).toBe('one');
  expect(await valueFor(`${ARN}:port::${VersionId}`)).toBe('5432');
});

it('what a task cannot be given is a stop reason in the words of ECS, without the value', async () => {
  const { ARN } = await create('db', 'not-json');
  const begin = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
  await expect(valueFor(`${ARN}x`)).rejects.toThrow(
    `${begin}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${ARN}x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
  );
  const error = await valueFor(`${ARN}:password::`).catch((reason: Error) => reason);
  expect((error as Error).message).toContain('is not a JSON object');
  expect((error as Error).message).not.toContain('not-json');
  await put('db', '{"user":"x"}');
  await expect(valueFor(`${ARN}:password::`)).rejects.toThrow('did not contain json key password');
});
