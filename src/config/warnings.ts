import type { Config } from './schema.ts';

/** Defaults that fit the chat server of chatops, by path, and what they mean for another image. */
const ownDefaults: Record<string, string> = {
  'service.readonlyRootFilesystem': 'a root file system that is read-only',
  'loadBalancer.healthCheck.path': 'a health check of /livez',
  'service.architecture': 'CPUs of arm64',
};

/** What the chat server of chatops checks tokens with; one of them makes it ask for tokens. */
const tokenKeys = ['TOKEN_SECRET', 'TOKEN_JWKS_URL'];

/** Whether the user wrote a field, by its path. */
type IsSet = (path: string) => boolean;

/** What is allowed and yet likely not meant, a sentence each that says what to do. Pure. */
export function warningsOf(config: Config, isSet: IsSet): string[] {
  return [...openToAll(config), ...madeForOurs(config, isSet)];
}

/** What an endpoint that the whole internet reaches lacks; one on this machine is reached by nobody else. */
function openToAll({ region, loadBalancer, service }: Config): string[] {
  if (region === 'local' || !loadBalancer.allowFrom.some((range) => range.endsWith('/0'))) return [];
  const ours = service.build === undefined && service.image === undefined;
  const asksForTokens = tokenKeys.some((name) => name in service.env || name in service.secrets);
  return [
    loadBalancer.https === undefined &&
      'open to the whole internet without TLS: set loadBalancer.https, or narrow loadBalancer.allowFrom',
    ours &&
      !asksForTokens &&
      'open to the whole internet without tokens, so that anybody may chat under any name: set TOKEN_SECRET in service.secrets or TOKEN_JWKS_URL in service.env, or narrow loadBalancer.allowFrom',
  ].filter((warning) => warning !== false);
}

function madeForOurs({ service }: Config, isSet: IsSet): string[] {
  const left = Object.keys(ownDefaults).filter((path) => !isSet(path));
  if (service.image === undefined || left.length === 0) return [];
  const meaning = left.map((path) => `${ownDefaults[path]} (${path})`).join(', ');
  return [`service.image runs with defaults that were made for the chat server of chatops: ${meaning}`];
}
