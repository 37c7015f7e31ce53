import type { DescribeSecretRequest, DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { Call } from '../../operation.ts';
import { mustFindSecret } from './state.ts';

/** All but the values; a secret that waits for its deletion is described, too. */
export function DescribeSecret({ SecretId }: DescribeSecretRequest, call: Call): DescribeSecretResponse {
  const secret = mustFindSecret(call, SecretId);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    DeletedDate: secret.deletedAt,
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    // Versions without a stage are deprecated, and not shown.
    VersionIdsToStages: Object.fromEntries(
      secret.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]),
    ),
  };
}
