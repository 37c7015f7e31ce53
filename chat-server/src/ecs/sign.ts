import { createHash, createHmac } from 'node:crypto';

/** Temporary credentials of a role. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

/**
 * The headers of a POST of a form to `/`, signed at `now` (ms) with Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  host: string,
  form: string,
  scope: { region: string; service: string },
  credentials: Credentials,
  now: number,
): Record<string, string> {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const headers: Record<string, string> = {
    'content-type': FORM,
    host,
    'x-amz-date': time,
    'x-amz-security-token': credentials.sessionToken,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(form)].join('\n');
  const credentialScope = [date, scope.region, scope.service, 'aws4_request'];
  const toSign = [ALGORITHM, time, credentialScope.join('/'), sha256(canonical)].join('\n');
  const key = credentialScope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${credentials.accessKeyId}/${credentialScope.join('/')}`;
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
