import { AwsError } from '../../operation.ts';

/** Throws what AWS says of a name that it does not take. */
export function checkName(name: string): void {
  if (/^\/?aws(\/|$)/i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (/^\/?(aws|ssm)/i.test(name) || !/^[a-zA-Z0-9_.\-/]+$/.test(name)) {
    throw validation(
      `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`,
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw validation('Parameter name must be a fully qualified name.');
  }
  if (name.endsWith('/') || name.includes('//')) {
    throw validation(
      'Invalid parameter name. Please use correct syntax for referencing a version/label or a parameter path.',
    );
  }
  // AWS counts the ARN's part before the name in, which leaves 1011 characters.
  if (name.length > 1011) {
    throw validation(`Parameter name length must be at most 1011 characters, but is ${name.length}.`);
  }
  const levels = name.split('/').filter((part) => part !== '').length;
  if (levels > 15) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A parameter hierarchy can have at most 15 levels, but ${name} has ${levels}.`,
    );
  }
}

/** Parameter Store's answer to a request that it does not take. */
export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
