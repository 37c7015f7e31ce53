import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { iam } from '../iam/state.ts';
import type { RoleState } from '../iam/state.ts';
import { openSession, ownUser } from './session.ts';

/** Keys of a role for 15 minutes up to what the role allows, an hour where nothing is said; whom its trust policy does not name is refused as for a role that does not exist. */
export const AssumeRole: Operation<AssumeRoleCommandInput, AssumeRoleCommandOutput> = (input, call) => {
  const { RoleArn: roleArn = '', RoleSessionName: sessionName = '', DurationSeconds = 3600 } = input;
  const caller = call.caller ?? ownUser(call.account);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  const role = iam(call).roles.get((roleArn.split('/').at(-1) ?? '').toLowerCase());
  if (role?.arn !== roleArn || !trusts(role, caller, call.account, input.ExternalId)) {
    throw new AwsError(
      'AccessDenied',
      `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  if (DurationSeconds < 900 || DurationSeconds > role.maxSessionDuration) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const session = openSession(call.cloud, { roleArn, sessionName, lifetime: DurationSeconds });
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: session.expiresAt,
    },
    AssumedRoleUser: { Arn: session.arn, AssumedRoleId: `${role.id}:${sessionName}` },
  };
};

interface TrustStatement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  Principal?: string | { AWS?: string | string[] };
  Condition?: { StringEquals?: Record<string, string | string[]> };
}

/** Whether a role's trust policy lets somebody in. Of conditions, it knows StringEquals on sts:ExternalId; any other is not met. */
function trusts(
  { assumeRolePolicyDocument }: RoleState,
  caller: string,
  account: string,
  externalId: string | undefined,
): boolean {
  const { Statement } = JSON.parse(assumeRolePolicyDocument) as {
    Statement: TrustStatement | TrustStatement[];
  };
  const names = ['*', account, `arn:aws:iam::${account}:root`, caller];
  const matching = [Statement].flat().filter(({ Action = [], Principal = {}, Condition = {} }) => {
    const principals = [typeof Principal === 'string' ? Principal : (Principal.AWS ?? [])].flat();
    const { StringEquals = {}, ...others } = Condition;
    const { 'sts:ExternalId': wanted, ...otherKeys } = StringEquals;
    return (
      [Action].flat().some((action) => ['sts:AssumeRole', 'sts:*', '*'].includes(action)) &&
      principals.some((each) => names.includes(each)) &&
      Object.keys({ ...others, ...otherKeys }).length === 0 &&
      (wanted === undefined || [wanted].flat().includes(externalId ?? ''))
    );
  });
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}
