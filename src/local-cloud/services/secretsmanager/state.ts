import { store } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';

/** One value that a secret has or had. */
export interface SecretVersion {
  id: string;
  text: string | undefined;
  binary: Uint8Array | undefined;
  /** `AWSCURRENT`, `AWSPREVIOUS`. */
  stages: string[];
  createdAt: Date;
}

export interface SecretState {
  name: string;
  arn: string;
  description: string | undefined;
  kmsKeyId: string | undefined;
  createdAt: Date;
  changedAt: Date;
  /** Set while it waits for its deletion. */
  deletedAt: Date | undefined;
  /** Oldest first. */
  versions: SecretVersion[];
  tags: Map<string, string>;
}

/** Secrets Manager in one region, by name. */
export const secretsOf = store('secretsmanager', () => new Map<string, SecretState>());

/** By name, ARN, or ARN without the six characters at its end. Throws ResourceNotFoundException. */
export function mustFindSecret(call: Call, id = ''): SecretState {
  const found = [...secretsOf(call).values()].find(
    ({ name, arn }) => id === name || id === arn || id === arn.slice(0, -7),
  );
  if (found !== undefined) return found;
  throw notFound("Secrets Manager can't find the specified secret.");
}

/** The same, but one that waits for its deletion is refused: InvalidRequestException. */
export function mustBeUsable(call: Call, id = ''): SecretState {
  const secret = mustFindSecret(call, id);
  if (secret.deletedAt === undefined) return secret;
  const message = `You can't perform this operation on the secret because it was marked for deletion.`;
  throw new AwsError('InvalidRequestException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
