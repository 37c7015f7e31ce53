import { AwsError } from '../../operation.ts';

/** ElastiCache's refusal of a value. */
export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** ElastiCache's refusal of values that do not go together. */
export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombination', message);
}

/** A name in lower case, as ElastiCache keeps it. Throws InvalidParameterValue for one that is no identifier of at most `limit` characters. */
export function identifier(parameter: string, name: string | undefined, limit: number): string {
  if (name === undefined || name === '') throw invalidValue(`The parameter ${parameter} must be provided.`);
  const valid = name.length <= limit && /^[a-z](?:-?[a-z0-9])*$/i.test(name);
  if (valid) return name.toLowerCase();
  throw invalidValue(
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens. They have at most ${limit} characters.`,
  );
}
