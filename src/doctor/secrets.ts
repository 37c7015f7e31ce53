import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Cloud } from '../aws/cloud.ts';
import { classify, explain } from '../aws/errors.ts';
import type { Config } from '../config/schema.ts';
import { fail, failed, ok, skip } from './check.ts';
import type { Check, Outcome } from './check.ts';

type Clients = Pick<Cloud, 'region' | 'secretsManager' | 'ssm'>;

/** Whether everything that tasks are given in secret is there and can be read. No value leaves this file. */
export function secretChecks(cloud: Clients, { secrets, registryCredentials }: Config['service']): Check[] {
  const checks = Object.entries(secrets).map(([name, from]) => ({
    name: `secret ${name}`,
    run: () => (isSecret(from) ? secretOutcome(cloud, from) : parameterOutcome(cloud, from)),
  }));
  if (registryCredentials === undefined) return checks;
  const run = () => secretOutcome(cloud, registryCredentials, ['username', 'password']);
  return [...checks, { name: 'registry credentials', run }];
}

/** aws ssm get-parameters --with-decryption */
async function parameterOutcome({ ssm }: Clients, from: string): Promise<Outcome> {
  // A task definition names it by its ARN, which is the same with and without a slash at the front.
  const names = from.startsWith('arn:') || from.startsWith('/') ? [from] : [from, `/${from}`];
  try {
    const { Parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: names, WithDecryption: true }),
    );
    if (Parameters.length > 0) return ok(`the parameter ${from} can be read`);
    return fail(
      `there is no parameter ${from}`,
      `make it: aws ssm put-parameter --type SecureString --name ${names.at(-1)} --value …`,
    );
  } catch (error) {
    return refused(error, `the parameter ${from}`, 'ssm:GetParameters');
  }
}

/** aws secretsmanager get-secret-value; `keys` has to be in its JSON besides the one that the reference names. */
async function secretOutcome(cloud: Clients, from: string, keys: string[] = []): Promise<Outcome> {
  const parts = from.split(':');
  const SecretId = parts.slice(0, 7).join(':');
  const [key = '', stage = '', version = ''] = parts.slice(7);
  const wanted = key === '' ? keys : [key];
  const what = `the secret ${parts[6]}`;
  try {
    const { SecretString } = await cloud.secretsManager.send(
      new GetSecretValueCommand({
        SecretId,
        ...(stage === '' ? {} : { VersionStage: stage }),
        ...(version === '' ? {} : { VersionId: version }),
      }),
    );
    if (SecretString === undefined)
      return fail(`${what} has a binary value, which tasks are not given`, 'store it as text');
    const missing = wanted.filter((each) => !keysIn(SecretString).includes(each));
    if (missing.length > 0)
      return fail(
        `${what} has no ${missing.join(' and no ')}`,
        `make it a JSON object with ${wanted.join(', ')}`,
      );
    return ok(`${what} can be read`);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ResourceNotFoundException')
      return fail(
        `${what}: ${message}`,
        'correct the ARN, or make the secret with aws secretsmanager create-secret',
      );
    if (name === 'InvalidRequestException')
      return fail(
        `${what}: ${message}`,
        'aws secretsmanager restore-secret brings one back that is marked for deletion',
      );
    if (classify(error) === 'denied') return unread(cloud, SecretId, what);
    return failed(explain(error));
  }
}

/** Whose credentials may not read the value may still see that it is there (aws secretsmanager describe-secret). */
async function unread({ secretsManager }: Clients, SecretId: string, what: string): Promise<Outcome> {
  try {
    const { DeletedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate !== undefined)
      return fail(`${what} is marked for deletion`, 'aws secretsmanager restore-secret brings it back');
    return skip(`${what} is there; these credentials may not read it, and the tasks’ role is another`);
  } catch (error) {
    return refused(error, what, 'secretsmanager:GetSecretValue');
  }
}

function refused(error: unknown, what: string, action: string): Outcome {
  if (classify(error) !== 'denied') return failed(explain(error));
  return skip(
    `${what} may not be read with these credentials, and the tasks’ role is another`,
    `allow ${action} to have it looked at`,
  );
}

function isSecret(reference: string): boolean {
  return reference.startsWith('arn:') && reference.split(':')[2] === 'secretsmanager';
}

function keysIn(text: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
  } catch {
    return [];
  }
}
