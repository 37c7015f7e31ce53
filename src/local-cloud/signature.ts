import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './operation.ts';
import type { ServiceDefinition } from './services/index.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Temporary keys come with one; without it they are worth nothing. */
  sessionToken?: string;
}

/** The parts of a request that are signed. */
export interface SignedRequest {
  method: string;
  /** Path with query. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
}

/** Whom a request claims to be for, and whether it is signed with the right key; a refusal is worded as the service words it. */
export type Verdict =
  | { ok: true; service: string; region: string }
  | { ok: false; service: string | undefined; error(service: ServiceDefinition): AwsError };

const algorithm = 'AWS4-HMAC-SHA256';
const maxSkew = 15 * 60 * 1000;

/** Verifies an AWS Signature Version 4 in the Authorization header (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html); `now` is in milliseconds. */
export function verify(request: SignedRequest, credentials: Credentials, now: number): Verdict {
  const authorization = request.headers.authorization;
  if (authorization === undefined) return refusal(undefined, 'missing', 'Missing Authentication Token');
  const parts = new RegExp(
    `^${algorithm} Credential=([^/,]+)/(\\d{8})/([^/,]+)/([^/,]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$`,
  ).exec(authorization);
  if (parts === null) {
    return refusal(
      undefined,
      'incomplete',
      'Authorization header is not a complete AWS4-HMAC-SHA256 signature.',
    );
  }
  const [, accessKeyId, date, region, service, signedHeaders, signature] = parts as unknown as string[];
  const token = request.headers['x-amz-security-token'];
  if (accessKeyId !== credentials.accessKeyId || token !== credentials.sessionToken) {
    return refusal(service, 'unknown-key', 'The security token included in the request is invalid.');
  }
  const time = request.headers['x-amz-date'] ?? '';
  const names = signedHeaders!.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date') || !time.startsWith(date!)) {
    return refusal(
      service,
      'incomplete',
      "'Host' and 'X-Amz-Date' must be signed headers in the AWS Authorization header.",
    );
  }
  const hash = sha256(request.body);
  const canonical = canonicalRequest(request, names, hash, service === 's3');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [algorithm, time, scope, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(credentials.secretAccessKey, date!, region!, service!), toSign).toString(
    'hex',
  );
  const declared = request.headers['x-amz-content-sha256'] ?? hash;
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature!)) || declared !== hash) {
    return refusal(service, 'mismatch', mismatch);
  }
  const skew = skewOf(time, now);
  if (skew !== undefined) return refusal(service, 'expired', skew);
  return { ok: true, service: service!, region: region! };
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

type Refusal = 'missing' | 'incomplete' | 'unknown-key' | 'mismatch' | 'expired';

/** The access key that an Authorization header names. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return /^AWS4-HMAC-SHA256 Credential=([^/,]+)\//.exec(authorization ?? '')?.[1];
}

function refusal(service: string | undefined, why: Refusal, message: string): Verdict {
  return { ok: false, service, error: (definition) => worded(definition, why, message) };
}

/** Each family of services has its own codes for the same refusals. */
function worded({ protocol }: ServiceDefinition, why: Refusal, message: string): AwsError {
  if (protocol === 'ec2Query') {
    if (why === 'expired') return new AwsError('RequestExpired', message);
    return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  }
  if (['awsQuery', 's3Xml', 'restXml'].includes(protocol)) {
    const code = {
      missing: 'MissingAuthenticationToken',
      incomplete: 'IncompleteSignature',
      'unknown-key': 'InvalidClientTokenId',
      mismatch: 'SignatureDoesNotMatch',
      expired: 'SignatureDoesNotMatch',
    }[why];
    return new AwsError(code, message, 403);
  }
  const code = {
    missing: 'MissingAuthenticationTokenException',
    incomplete: 'IncompleteSignatureException',
    'unknown-key': 'UnrecognizedClientException',
    mismatch: 'InvalidSignatureException',
    expired: 'InvalidSignatureException',
  }[why];
  return new AwsError(code, message);
}

function canonicalRequest(
  { method, path, headers }: SignedRequest,
  names: string[],
  bodyHash: string,
  isS3: boolean,
): string {
  const [pathname, query = ''] = path.split('?') as [string, string?];
  // All services but S3 encode a path twice.
  const encodedPath = isS3 ? pathname : pathname.split('/').map(encodeURIComponent).join('/');
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  return [method, encodedPath, pairs.join('&'), lines.join(''), names.join(';'), bodyHash].join('\n');
}

function skewOf(time: string, now: number): string | undefined {
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(at - now) <= maxSkew) return undefined;
  const limit = compact(at < now ? now - maxSkew : now + maxSkew);
  return at < now
    ? `Signature expired: ${time} is now earlier than ${limit} (${compact(now)} - 15 min.)`
    : `Signature not yet current: ${time} is still later than ${limit} (${compact(now)} + 15 min.)`;
}

function compact(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
