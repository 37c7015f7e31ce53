import type { Secret } from '@aws-sdk/client-ecs';
import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { GetParametersResult } from '@aws-sdk/client-ssm';
import type { Call } from '../../../operation.ts';
import { AwsError } from '../../../operation.ts';
import { operations as secretsmanager } from '../../secretsmanager/index.ts';
import { operations as ssm } from '../../ssm/index.ts';
import { ask } from './ask.ts';

const failed =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve';
const retried = 'service call has been retried 1 time(s)';

/** The values of a container's secrets by variable name. Throws the stop reason that ECS gives when one is missing. */
export async function secretValues(call: Call, secrets: Secret[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name = '', valueFrom = '' } of secrets) {
    const isSecret = valueFrom.startsWith('arn:') && valueFrom.split(':')[2] === 'secretsmanager';
    values[name] = await (isSecret ? secretValue : parameterValue)(call, valueFrom);
  }
  return values;
}

/** ssm:GetParameters with decryption. */
async function parameterValue(call: Call, valueFrom: string): Promise<string> {
  const fail = (why: string) => new Error(`${failed} secrets from ssm: ${retried}: ${why}`);
  const names = parameterNames(valueFrom);
  if (names === undefined) throw fail(`${valueFrom} is not a parameter`);
  const input = { Names: names, WithDecryption: true };
  const output = await ask<GetParametersResult>(ssm, 'GetParameters', input, call);
  const value = output.Parameters?.[0]?.Value;
  if (value === undefined) throw fail(`invalid ssm parameters: ${names[0]}`);
  return value;
}

/**
 * secretsmanager:GetSecretValue of `<arn>` or `<arn>:<json key>:<stage>:<version>`, each part may be empty
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
 */
async function secretValue(call: Call, valueFrom: string): Promise<string> {
  const fail = (why: string) => new Error(`${failed} secret from asm: ${retried}: ${why}`);
  const parts = valueFrom.split(':');
  const arn = parts.slice(0, 7).join(':');
  const [key = '', stage = '', version = ''] = parts.slice(7);
  const input = { SecretId: arn, VersionStage: stage || undefined, VersionId: version || undefined };
  let text: string | undefined;
  try {
    ({ SecretString: text } = await ask<GetSecretValueResponse>(
      secretsmanager,
      'GetSecretValue',
      input,
      call,
    ));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw fail(`failed to fetch secret ${arn} from secrets manager: ${error.code}: ${error.message}`);
  }
  if (text === undefined) throw fail(`secret ${arn} has no SecretString`);
  if (key === '') return text;
  const value = valuesIn(text, fail)[key];
  if (value === undefined)
    throw fail(`retrieved secret from Secrets Manager did not contain json key ${key}`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The top-level values of a secret that is a JSON object. */
function valuesIn(text: string, fail: (why: string) => Error): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Said below, without a word of the value.
  }
  throw fail('the secret is not a JSON object');
}

/** The names that a reference may mean: the ARN of `/redis-url` and of `redis-url` is the same. */
function parameterNames(valueFrom: string): string[] | undefined {
  if (!valueFrom.startsWith('arn:')) return [valueFrom];
  const path = /^arn:aws:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(valueFrom)?.[1];
  if (path === undefined) return undefined;
  return path.lastIndexOf('/') === 0 ? [path, path.slice(1)] : [path];
}
