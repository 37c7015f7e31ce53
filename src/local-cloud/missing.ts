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
  const constraint = `Value null at '${placeOf(path)}' failed to satisfy constraint: Member must not be null`;
  return new AwsError(service.missing, `1 validation error detected: ${constraint}`);
}

function placeOf(path: string[]): string {
  return path.map((part) => part.charAt(0).toLowerCase() + part.slice(1)).join('.');
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
