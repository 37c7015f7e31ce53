import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../operation.ts';
import { ownUser } from './session.ts';

export const GetCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
  _input,
  { account, caller },
) => ({
  UserId:
    caller === undefined ? 'AIDALOCALLOCALLOCALLO' : `AROALOCALLOCALLOCALLO:${caller.split('/').at(-1)}`,
  Account: account,
  Arn: caller ?? ownUser(account),
});
