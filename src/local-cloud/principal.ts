import { AwsError } from './operation.ts';
import type { ServiceDefinition } from './services/index.ts';
import type { Credentials } from './signature.ts';

/** Who has signed a request with less than all rights. */
export interface Principal {
  arn: string;
  credentials: Credentials;
  permits(action: string): boolean;
}

/** The refusal of an action that no policy allows, worded as each family of services words it. */
export function accessDenied(
  { protocol, signingName }: ServiceDefinition,
  { arn }: Principal,
  operation: string,
): AwsError {
  const action = `${signingName}:${operation}`;
  const message = `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  if (protocol === 'ec2Query') {
    return new AwsError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${message}`,
      403,
    );
  }
  return protocol === 'awsQuery'
    ? new AwsError('AccessDenied', message, 403)
    : new AwsError('AccessDeniedException', message);
}
