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
  return new AwsError(service.missing, nullAt(path));
}

function nullAt(path: string[]): string {
  const place = path.map((part) => part.charAt(0).toLowerCase() + part.slice(1)).join('.');
  return `1 validation error detected: Value null at '${place}' failed to satisfy constraint: Member must not be null`;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
