import type { DeleteSecretRequest, DeleteSecretResponse } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { mustBeUsable, secretsOf } from './state.ts';

const day = 86_400_000;

/** Without ForceDeleteWithoutRecovery it waits for 7 to 30 days, and cannot be read meanwhile. */
export function DeleteSecret(input: DeleteSecretRequest, call: Call): DeleteSecretResponse {
  const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
  if (force && days !== undefined) {
    const message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
    throw new AwsError('InvalidParameterException', message);
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    const message = 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).';
    throw new AwsError('InvalidParameterException', message);
  }
  const secret = mustBeUsable(call, SecretId);
  const { arn, name } = secret;
  if (force) secretsOf(call).delete(name);
  else secret.deletedAt = call.now;
  const end = new Date(call.now.getTime() + (force ? 0 : (days ?? 30) * day));
  return { ARN: arn, Name: name, DeletionDate: end };
}
