import type { Operations } from '../../operation.ts';
import { CreateSecret } from './create-secret.ts';
import { DeleteSecret } from './delete-secret.ts';
import { DescribeSecret } from './describe-secret.ts';
import { GetSecretValue } from './get-secret-value.ts';
import { PutSecretValue } from './put-secret-value.ts';

/** Secrets Manager: secrets with versions and stages, for tasks to read; nothing rotates them. */
export const operations: Operations = {
  CreateSecret,
  PutSecretValue,
  GetSecretValue,
  DescribeSecret,
  DeleteSecret,
};
