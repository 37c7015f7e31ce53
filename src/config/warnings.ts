import type { Config } from './schema.ts';

/** Defaults that fit the chat server of chatops, by path, and what they mean for another image. */
const ownDefaults: Record<string, string> = {
  'service.readonlyRootFilesystem': 'a root file system that is read-only',
  'loadBalancer.healthCheck.path': 'a health check of /livez',
  'service.architecture': 'CPUs of arm64',
};

/** What is allowed and yet likely not meant, a sentence each. `isSet` tells whether the user wrote a field, by its path. Pure. */
export function warningsOf({ service }: Config, isSet: (path: string) => boolean): string[] {
  const left = Object.keys(ownDefaults).filter((path) => !isSet(path));
  if (service.image === undefined || left.length === 0) return [];
  const meaning = left.map((path) => `${ownDefaults[path]} (${path})`).join(', ');
  return [`service.image runs with defaults that were made for the chat server of chatops: ${meaning}`];
}
