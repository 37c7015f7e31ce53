import type { Reference } from './reference.ts';

/** What a registry says about an image. */
export type Looked =
  | { found: true; /** `amd64`, `arm64`; empty where it does not say. */ architectures: string[] }
  | { found: false; /** HTTP status. */ status: number };

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const patienceMs = 10_000;

/**
 * Asks a registry for an image as anybody may, or with an `authorization` header (OCI distribution API: HEAD and GET of
 * the manifest, with an anonymous token where it wants one). Throws where the registry cannot be reached.
 */
export async function lookUp(reference: Reference, fetch: Fetch, credentials?: string): Promise<Looked> {
  const { host, repository, version } = reference;
  const scheme = /^(localhost|127\.0\.0\.1)(:|$)/.test(host) ? 'http' : 'https';
  const base = `${scheme}://${host}/v2/${repository}`;
  const ask = asking(fetch, credentials);

  // A HEAD does not count against Docker Hub's limit of pulls.
  const head = await ask('HEAD', `${base}/manifests/${version}`);
  if (!head.ok) return { found: false, status: head.status };
  const manifest = await ask('GET', `${base}/manifests/${version}`);
  if (!manifest.ok) return { found: true, architectures: [] };
  const { manifests, config } = (await manifest.json()) as {
    manifests?: { platform?: { architecture?: string; os?: string } }[];
    config?: { digest?: string };
  };
  if (manifests !== undefined) {
    const linux = manifests.filter(({ platform }) => platform?.os === 'linux');
    return { found: true, architectures: linux.flatMap(({ platform }) => platform?.architecture ?? []) };
  }
  if (config?.digest === undefined) return { found: true, architectures: [] };
  const blob = await ask('GET', `${base}/blobs/${config.digest}`);
  if (!blob.ok) return { found: true, architectures: [] };
  const { architecture } = (await blob.json()) as { architecture?: string };
  return { found: true, architectures: architecture === undefined ? [] : [architecture] };
}

/** Requests that fetch themselves an anonymous token once they are asked for one, and keep it. */
function asking(fetch: Fetch, credentials: string | undefined) {
  let authorization = credentials;
  const send = (method: string, url: string) =>
    fetch(url, {
      method,
      headers: { accept: manifestTypes, ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(patienceMs),
    });
  return async (method: string, url: string): Promise<Response> => {
    const first = await send(method, url);
    const challenge = first.headers.get('www-authenticate');
    if (first.status !== 401 || challenge === null || authorization !== undefined) return first;
    const token = await anonymousToken(challenge, fetch);
    if (token === undefined) return first;
    authorization = `Bearer ${token}`;
    return send(method, url);
  };
}

/** What `Bearer realm="…",service="…",scope="…"` leads to (https://distribution.github.io/distribution/spec/auth/token/). */
async function anonymousToken(challenge: string, fetch: Fetch): Promise<string | undefined> {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]));
  const realm = fields.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) if (fields.has(key)) url.searchParams.set(key, fields.get(key)!);
  const answer = await fetch(url.href, { method: 'GET', signal: AbortSignal.timeout(patienceMs) });
  if (!answer.ok) return undefined;
  const { token, access_token: accessToken } = (await answer.json()) as Record<string, string | undefined>;
  return token ?? accessToken;
}
