/** What a token has to be signed with and to say. */
export interface TokenSettings {
  key: { secret: Uint8Array } | { jwks: URL };
  issuer: string | undefined;
  audience: string | undefined;
}

// RFC 7518, 3.2: a key of HS256 has at least as many bits as its hash.
const SECRET_BYTES = 32;
const NAMES = ['TOKEN_ISSUER', 'TOKEN_AUDIENCE'];

/** Reads `TOKEN_…`; undefined where no tokens are asked for. A secret is never quoted in a problem. */
export function readTokenSettings(
  text: (name: string, fallback: string) => string,
  problems: string[],
): TokenSettings | undefined {
  const secret = new TextEncoder().encode(text('TOKEN_SECRET', ''));
  const url = text('TOKEN_JWKS_URL', '');
  if (secret.length > 0 && secret.length < SECRET_BYTES) {
    problems.push(`TOKEN_SECRET: must have at least ${SECRET_BYTES} bytes, has ${secret.length}`);
  }
  if (url !== '' && !isSafe(url)) {
    problems.push(`TOKEN_JWKS_URL: must be an https: URL, or http: on this machine, is "${url}"`);
    return undefined;
  }
  if (secret.length > 0 && url !== '') {
    problems.push('TOKEN_SECRET: cannot be used together with TOKEN_JWKS_URL');
  }
  const claims = {
    issuer: text('TOKEN_ISSUER', '') || undefined,
    audience: text('TOKEN_AUDIENCE', '') || undefined,
  };
  if (url !== '') return { key: { jwks: new URL(url) }, ...claims };
  if (secret.length > 0) return { key: { secret }, ...claims };
  for (const name of NAMES) {
    if (text(name, '') !== '') problems.push(`${name}: needs TOKEN_SECRET or TOKEN_JWKS_URL`);
  }
  return undefined;
}

// Whoever can change the keys on their way can sign anything.
function isSafe(raw: string): boolean {
  if (!URL.canParse(raw)) return false;
  const { protocol, hostname } = new URL(raw);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}
