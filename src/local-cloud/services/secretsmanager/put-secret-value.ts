import { randomUUID } from 'node:crypto';
import type { PutSecretValueRequest, PutSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { mustBeUsable } from './state.ts';
import type { SecretState, SecretVersion } from './state.ts';

/** A new current value; the one before stays as AWSPREVIOUS. */
export function PutSecretValue(input: PutSecretValueRequest, call: Call): PutSecretValueResponse {
  const { SecretId, SecretString: text, SecretBinary: binary, VersionStages: stages } = input;
  const secret = mustBeUsable(call, SecretId);
  if ((text === undefined) === (binary === undefined)) {
    const message = 'You must provide either SecretString or SecretBinary.';
    throw new AwsError('InvalidParameterException', message);
  }
  const id = input.ClientRequestToken ?? randomUUID();
  const before = secret.versions.find((version) => version.id === id);
  if (before !== undefined && before.text !== text) {
    const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
    throw new AwsError('ResourceExistsException', message);
  }
  const version = before ?? putVersion(secret, { id, text, binary, stages }, call);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: version.stages };
}

type NewVersion = Pick<SecretVersion, 'id' | 'text' | 'binary'> & { stages?: string[] | undefined };

/** Adds a version and moves the stages to it that it takes. */
export function putVersion(
  secret: SecretState,
  { id, text, binary, stages = ['AWSCURRENT'] }: NewVersion,
  { now }: Call,
): SecretVersion {
  const current = secret.versions.find((version) => version.stages.includes('AWSCURRENT'));
  const taken = new Set([...stages, ...(stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : [])]);
  for (const version of secret.versions) {
    version.stages = version.stages.filter((stage) => !taken.has(stage));
  }
  if (stages.includes('AWSCURRENT')) current?.stages.push('AWSPREVIOUS');
  const version = { id, text, binary, stages: [...stages], createdAt: now };
  secret.versions.push(version);
  secret.changedAt = now;
  return version;
}
