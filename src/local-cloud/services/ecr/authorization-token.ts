import type {
  GetAuthorizationTokenCommandInput,
  GetAuthorizationTokenCommandOutput,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../operation.ts';
import { issueToken } from './authorization.ts';

export const GetAuthorizationToken: Operation<
  GetAuthorizationTokenCommandInput,
  GetAuthorizationTokenCommandOutput
> = (_input, call) => {
  const { token, expiresAt } = issueToken(call.cloud, call.region, call.now.getTime());
  return {
    authorizationData: [{ authorizationToken: token, expiresAt, proxyEndpoint: call.cloud.endpoint }],
  };
};
