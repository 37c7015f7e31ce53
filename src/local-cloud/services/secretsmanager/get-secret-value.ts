import type { GetSecretValueRequest, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { mustBeUsable, notFound } from './state.ts';

/** The value of a version or a stage; AWSCURRENT where neither is named. */
export function GetSecretValue(
  { SecretId, VersionId, VersionStage }: GetSecretValueRequest,
  call: Call,
): GetSecretValueResponse {
  const secret = mustBeUsable(call, SecretId);
  const stage = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
  const version = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) && (stage === undefined || stages.includes(stage)),
  );
  if (version === undefined) {
    if (VersionId !== undefined && VersionStage !== undefined) {
      const message = `You provided a VersionStage that is not associated to the provided VersionId.`;
      throw new AwsError('InvalidRequestException', message);
    }
    const which = VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
    throw notFound(`Secrets Manager can't find the specified secret value for ${which}`);
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.text,
    SecretBinary: version.binary,
    VersionStages: version.stages,
    CreatedDate: version.createdAt,
  };
}
