import type { Violation } from './constraints/violation.ts';
import { AwsError } from './operation.ts';
import type { ServiceDefinition } from './services/index.ts';

/** The refusal of a request that lacks the required member at `path`, in the words that the service uses for it. */
export function missingParameter(service: ServiceDefinition, path: string[]): AwsError {
  const name = path.at(-1)!;
  if (service.missing === 'MissingParameter') {
    return new AwsError(service.missing, `The request must contain the parameter ${name}`);
  }
  if (service.signingName === 'ecs') {
    return new AwsError(service.missing, `${capitalised(name)} can not be blank.`);
  }
  if (service.signingName === 'ecr') {
    const at = `Invalid parameter at '${placeOf(path)}'`;
    return new AwsError(service.missing, `${at} failed to satisfy constraint: 'Member must not be null'`);
  }
  return validationFailed(service, 'null', path, 'Member must not be null');
}

/** The refusal of a value outside its enumeration or limit. */
export function invalidParameter(
  service: ServiceDefinition,
  { path, value, constraint }: Violation,
): AwsError {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  if (service.missing === 'MissingParameter') {
    const name = path.at(-1)!;
    return new AwsError(
      'InvalidParameterValue',
      `Value (${shown}) for parameter ${name} is invalid. ${constraint}`,
    );
  }
  if (service.signingName === 'ecr') {
    const at = `Invalid parameter at '${placeOf(path)}'`;
    return new AwsError(service.missing, `${at} failed to satisfy constraint: '${constraint}'`);
  }
  return validationFailed(service, `'${shown}'`, path, constraint);
}

function validationFailed(
  service: ServiceDefinition,
  value: string,
  path: string[],
  constraint: string,
): AwsError {
  const detected = `Value ${value} at '${placeOf(path)}' failed to satisfy constraint: ${constraint}`;
  return new AwsError(service.missing, `1 validation error detected: ${detected}`);
}

function placeOf(path: string[]): string {
  return path.map((part) => part.charAt(0).toLowerCase() + part.slice(1)).join('.');
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
