import { AwsError } from '../../operation.ts';

/** ECR's answer to a value that it does not take. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
