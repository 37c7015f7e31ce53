import type { GetParametersResult } from '@aws-sdk/client-ssm';
import type { Secret } from '@aws-sdk/client-ecs';
import type { Call } from '../../../operation.ts';
import { operations as ssm } from '../../ssm/index.ts';
import { ask } from './ask.ts';

const failed =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s)';

/** The values of a container's secrets by variable name (ssm:GetParameters with decryption). Throws the stop reason that ECS gives when one is missing. */
export async function secretValues(call: Call, secrets: Secret[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name = '', valueFrom = '' } of secrets) {
    const names = parameterNames(valueFrom);
    if (names === undefined) throw new Error(`${failed}: ${valueFrom} is not a parameter`);
    const output = await ask<GetParametersResult>(
      ssm,
      'GetParameters',
      { Names: names, WithDecryption: true },
      call,
    );
    const value = output.Parameters?.[0]?.Value;
    if (value === undefined) throw new Error(`${failed}: invalid ssm parameters: ${names[0]}`);
    values[name] = value;
  }
  return values;
}

/** The names that a reference may mean: the ARN of `/redis-url` and of `redis-url` is the same. */
function parameterNames(valueFrom: string): string[] | undefined {
  if (!valueFrom.startsWith('arn:')) return [valueFrom];
  const path = /^arn:aws:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(valueFrom)?.[1];
  if (path === undefined) return undefined;
  return path.lastIndexOf('/') === 0 ? [path, path.slice(1)] : [path];
}
