import { createHash, createHmac } from 'node:crypto';

/** What `<folder>/daemon.json` says: where a local cloud answers, and the key that opens it. */
export interface LocalEndpoint {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface LocalRequest {
  method: 'GET' | 'POST';
  /** Under `/_chatops/`. */
  path: string;
  /** Milliseconds. */
  timeout: number;
  /** Sent as JSON. */
  body?: object;
}

/** Sends a signed request to the local cloud's own API. Rejects as `fetch` does when nothing answers (`TimeoutError` when it takes too long); undefined when what answers is not that local cloud. */
export async function requestLocal<Answer>(
  local: LocalEndpoint,
  { method, path, timeout, body }: LocalRequest,
): Promise<Answer | undefined> {
  const { host } = new URL(local.endpoint);
  const content = body === undefined ? '' : JSON.stringify(body);
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/local/chatops/aws4_request`;
  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${sha256(content)}`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${local.secretAccessKey}`);
  const response = await fetch(`${local.endpoint}${path}`, {
    method,
    body: method === 'GET' ? null : content,
    signal: AbortSignal.timeout(timeout),
    headers: {
      'x-amz-date': time,
      authorization:
        `AWS4-HMAC-SHA256 Credential=${local.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, ` +
        `Signature=${hmac(key, toSign).toString('hex')}`,
    },
  });
  if (response.ok) return (await response.json()) as Answer;
  await response.body?.cancel();
  return undefined;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
