import type { Tag } from '@aws-sdk/client-iam';
import { AwsError } from '../../operation.ts';

/** IAM's answer to a value that it does not take. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, 400);
}

/** Checks a name of a role (64 characters) or of a policy (128). */
export function checkName(name: string, field: 'roleName' | 'policyName', limit: number): void {
  if (name.length > limit) {
    throw validationError(
      `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
    );
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw validationError(
      `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
}

/** Checks a path: it begins and ends with a slash and has at most 512 characters. */
export function checkPath(path: string): void {
  if (path.length > 512 || !/^(\/|\/[\u0021-\u007e]+\/)$/.test(path)) {
    throw validationError(
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
}

/** Tags with further ones put in. Throws InvalidInput for ones that IAM does not take, LimitExceeded beyond 50. */
export function tagSet(tags: Map<string, string>, added: Tag[]): Map<string, string> {
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) {
      throw new AwsError('InvalidInput', `The tag with key ${Key} is not valid.`, 400);
    }
    if (seen.has(Key.toLowerCase())) {
      throw new AwsError(
        'InvalidInput',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
        400,
      );
    }
    seen.add(Key.toLowerCase());
  }
  const all = new Map([...tags, ...added.map((tag) => [tag.Key!, tag.Value ?? ''] as const)]);
  if (all.size > 50) {
    throw new AwsError('LimitExceeded', 'The number of tags has reached the maximum limit.', 409);
  }
  return all;
}
