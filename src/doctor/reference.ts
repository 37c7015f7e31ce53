/** The parts of an image reference, with Docker's defaults filled in. */
export interface Reference {
  /** `registry-1.docker.io`, `public.ecr.aws`, `127.0.0.1:5000`. */
  host: string;
  repository: string;
  /** A tag, or a digest with `sha256:`. */
  version: string;
}

/** Takes `nginx`, `nginx:1.27`, `ghcr.io/team/chat@sha256:…` apart as Docker does; undefined where it is none. */
export function parseReference(image: string): Reference | undefined {
  const match = /^(?:([^/]+)\/)?([a-z0-9._/-]+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
    image,
  );
  if (match === null) return undefined;
  const [, first, rest = '', tag, digest] = match;
  const version = digest ?? tag ?? 'latest';
  const isHost = first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  if (isHost && first !== 'docker.io') return { host: first, repository: rest, version };
  const path = first === undefined || isHost ? rest : `${first}/${rest}`;
  return {
    host: 'registry-1.docker.io',
    repository: path.includes('/') ? path : `library/${path}`,
    version,
  };
}

/** Whether a host is a private ECR: `123456789012.dkr.ecr.eu-west-3.amazonaws.com`. */
export function ecrOf(host: string): { account: string; region: string } | undefined {
  const match = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host);
  return match === null ? undefined : { account: match[1]!, region: match[2]! };
}
