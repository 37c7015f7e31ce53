import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { ChatopsError, ExitCode } from '../lib/errors.ts';

/** Where to push to and with which Authorization header, good for 12 hours (ecr get-authorization-token). */
export async function registryAccess(
  ecr: ECRClient,
  signal: AbortSignal,
): Promise<{ registry: string; authorization: string }> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
  const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
  if (authorizationToken === undefined || proxyEndpoint === undefined) {
    throw new ChatopsError('ECR gave no authorization token', {
      code: 'image.access',
      exit: ExitCode.access,
      hint: 'let your credentials call ecr:GetAuthorizationToken',
    });
  }
  return { registry: proxyEndpoint, authorization: `Basic ${authorizationToken}` };
}
