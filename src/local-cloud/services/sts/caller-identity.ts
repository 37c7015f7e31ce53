import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../operation.ts';

export const GetCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
  _input,
  { account },
) => ({
  UserId: 'AIDALOCALLOCALLOCALLO',
  Account: account,
  Arn: `arn:aws:iam::${account}:user/local`,
});
