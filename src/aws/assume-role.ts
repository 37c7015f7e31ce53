import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';

import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { classify, explain } from './errors.ts';

/** A role to act as, in another account perhaps. */
export interface RoleToAssume {
  roleArn: string;
  externalId?: string | undefined;
  /** As CloudTrail shows it. */
  sessionName: string;
}

/** Keys that last for a while; a client asks its provider for new ones before they expire. */
export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/**
 * Assumes a role once, so that a refusal shows at once, and gives back the provider that clients sign with
 * (`aws sts assume-role`). Throws a `ChatopsError` with exit code 4 where the role cannot be assumed.
 */
export async function assumeRole(
  sts: STSClient,
  role: RoleToAssume,
): Promise<() => Promise<SessionCredentials>> {
  let first: SessionCredentials | undefined = await sessionOf(sts, role).catch((error: unknown) => {
    throw refused(role, error);
  });
  return async () => {
    const credentials = first ?? (await sessionOf(sts, role));
    first = undefined;
    return credentials;
  };
}

async function sessionOf(
  sts: STSClient,
  { roleArn, externalId, sessionName }: RoleToAssume,
): Promise<SessionCredentials> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials!;
  return {
    accessKeyId: AccessKeyId!,
    secretAccessKey: SecretAccessKey!,
    sessionToken: SessionToken!,
    expiration: Expiration!,
  };
}

function refused({ roleArn, externalId }: RoleToAssume, error: unknown): ChatopsError {
  const { message, hint, fields, code } = explain(error);
  const isDenied = classify(error) === 'denied' && (error as Error).name.startsWith('AccessDenied');
  return new ChatopsError(`cannot assume the role ${roleArn}: ${message}`, {
    code: isDenied ? 'access.role' : code,
    exit: ExitCode.access,
    hint: isDenied
      ? `let these credentials call sts:AssumeRole on it, and let its trust policy name them${externalId === undefined ? '; it may ask for "assumeRole.externalId"' : ' with this external id'}`
      : hint,
    fields: { ...fields, roleArn },
    cause: error,
  });
}
