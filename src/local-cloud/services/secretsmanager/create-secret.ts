import { randomBytes, randomUUID } from 'node:crypto';
import type { CreateSecretRequest, CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { putVersion } from './put-secret-value.ts';
import { secretsOf } from './state.ts';

/** The same token again with the same value answers with the secret that is there. */
export function CreateSecret(input: CreateSecretRequest, call: Call): CreateSecretResponse {
  const { Name: name = '', Description, KmsKeyId, SecretString, SecretBinary, Tags = [] } = input;
  if (!/^[\w/+=.@-]{1,512}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  const versionId = input.ClientRequestToken ?? randomUUID();
  const secrets = secretsOf(call);
  const before = secrets.get(name);
  if (before?.deletedAt !== undefined) {
    const message =
      "You can't create this secret because a secret with this name is already scheduled for deletion.";
    throw new AwsError('InvalidRequestException', message);
  }
  if (before !== undefined) {
    const same = before.versions.find(({ id, text }) => id === versionId && text === SecretString);
    if (same !== undefined) return { ARN: before.arn, Name: name, VersionId: versionId };
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  const secret = {
    name,
    arn: `arn:aws:secretsmanager:${call.region}:${call.account}:secret:${name}-${suffix()}`,
    description: Description,
    kmsKeyId: KmsKeyId,
    createdAt: call.now,
    changedAt: call.now,
    deletedAt: undefined,
    versions: [],
    tags: new Map(Tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
  const isEmpty = SecretString === undefined && SecretBinary === undefined;
  if (!isEmpty) putVersion(secret, { id: versionId, text: SecretString, binary: SecretBinary }, call);
  secrets.set(name, secret);
  return { ARN: secret.arn, Name: name, ...(isEmpty ? {} : { VersionId: versionId }) };
}

/** Six characters, so that a secret of the same name made later has another ARN. */
function suffix(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(6), (byte) => letters[byte % letters.length]).join('');
}
