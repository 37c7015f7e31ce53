import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { STSClient } from '@aws-sdk/client-sts';

import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import type { Cloud } from './cloud.ts';
import { classify, explain } from './errors.ts';

/** Account and partition of the credentials (`aws sts get-caller-identity`); throws a `ChatopsError` with exit code 4 when there is no way to find out. */
export async function whoAmI(sts: STSClient, region: string): Promise<Pick<Cloud, 'account' | 'partition'>> {
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account!, partition: Arn!.split(':')[1]! };
  } catch (error) {
    if (classify(error) === 'transient') throw await unreachable(sts, region, error);
    const { message, code, hint, fields } = explain(error);
    throw new ChatopsError(message, { code, exit: ExitCode.access, hint, fields, cause: error });
  }
}

async function unreachable(sts: STSClient, region: string, cause: unknown): Promise<ChatopsError> {
  const endpoint = await sts.config.endpoint?.().catch(() => undefined);
  const where = endpoint
    ? `${endpoint.hostname}${endpoint.port ? `:${endpoint.port}` : ''}`
    : `AWS in ${region}`;
  const unknownHost = (cause as { code?: string }).code === 'ENOTFOUND';
  return new ChatopsError(`cannot reach ${where}: ${messageOf(cause) || String(cause)}`, {
    code: 'aws.unreachable',
    exit: ExitCode.access,
    hint: unknownHost
      ? `check that "${region}" is a region of AWS, and that this machine resolves names`
      : 'check the network, proxy settings and AWS_ENDPOINT_URL',
    fields: { region },
    cause,
  });
}
