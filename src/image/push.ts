import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import type { Blob, BuiltImage } from './image.ts';

export interface PushTarget {
  /** Base URL of the registry: the proxyEndpoint of ECR's GetAuthorizationToken. */
  registry: string;
  /** Name of the repository, which has to exist: `chatops/chat-1a2b3c4d`. */
  repository: string;
  /** Value of the Authorization header: `Basic …`. */
  authorization: string;
  signal: AbortSignal;
  /** Told what is being sent. */
  note(text: string): void;
}

/**
 * Pushes an image over the OCI distribution API and answers with its digest. What the registry has already is not
 * sent again, not even a tag, so calling it twice is harmless (also where tags are immutable). Does not retry.
 * Throws a ChatopsError with the registry's own code and words; one answered 401 or 403 has exit code 4.
 */
export async function pushImage(image: BuiltImage, target: PushTarget): Promise<string> {
  const manifestPath = `manifests/${image.tag}`;
  const present = await call(target, 'HEAD', manifestPath, { accept: image.mediaType });
  if (present.headers.get('docker-content-digest') === image.digest) return image.digest;

  for (const blob of [...image.layers, image.config]) await pushBlob(blob, target);
  target.note(`pushing manifest ${short(image.digest)}`);
  const put = await call(target, 'PUT', manifestPath, {
    headers: { 'content-type': image.mediaType },
    body: image.manifest,
  });
  await expect(put, 201, target);
  return image.digest;
}

async function pushBlob(blob: Blob, target: PushTarget): Promise<void> {
  const present = await call(target, 'HEAD', `blobs/${blob.digest}`);
  if (present.status === 200) return;
  if (present.status !== 404) await expect(present, 200, target);

  target.note(`pushing ${short(blob.digest)} (${megabytes(blob.size)})`);
  const begun = await call(target, 'POST', 'blobs/uploads/');
  await expect(begun, 202, target);
  const sent = await call(target, 'PATCH', locationOf(begun, target), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `0-${blob.size - 1}`,
    },
    body: blob.content,
  });
  await expect(sent, 202, target);
  const end = new URL(locationOf(sent, target));
  end.searchParams.set('digest', blob.digest);
  await expect(await call(target, 'PUT', end.href), 201, target);
}

interface Sending {
  accept?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** `path` is below the repository, or a whole URL that the registry gave. */
async function call(
  target: PushTarget,
  method: string,
  path: string,
  { accept = '*/*', headers = {}, body }: Sending = {},
): Promise<Response> {
  const url = path.includes('://') ? path : new URL(`/v2/${target.repository}/${path}`, target.registry).href;
  try {
    return await fetch(url, {
      method,
      headers: { accept, ...headers, authorization: target.authorization },
      body: body ?? null,
      signal: target.signal,
    });
  } catch (cause) {
    target.signal.throwIfAborted();
    throw new ChatopsError(`registry ${target.registry} does not answer: ${reasonOf(cause)}`, {
      code: 'image.push',
      exit: ExitCode.failed,
      hint: 'check the connection and run the same command again: what was pushed is kept',
      cause,
    });
  }
}

// Only to the registry itself may the authorization go, wherever a Location points.
function locationOf(response: Response, target: PushTarget): string {
  const location = new URL(response.headers.get('location') ?? '', response.url);
  if (location.host !== new URL(target.registry).host) {
    throw refused(target, response.status, `it sends the upload on to another host, ${location.host}`);
  }
  return location.href;
}

async function expect(response: Response, status: number, target: PushTarget): Promise<void> {
  const text = await response.text();
  if (response.status !== status) throw refused(target, response.status, wordsOf(text));
}

function refused({ registry, repository }: PushTarget, status: number, words: string): ChatopsError {
  const denied = status === 401 || status === 403;
  const said = words === '' ? '' : `: ${words}`;
  return new ChatopsError(`registry ${registry} refused the push to ${repository} (HTTP ${status})${said}`, {
    code: 'image.push',
    exit: denied ? ExitCode.access : ExitCode.failed,
    hint: denied
      ? 'let your credentials push to this repository (ecr:PutImage and the layer uploads)'
      : 'run the same command again: what was pushed is kept',
    fields: { registry, repository, status },
  });
}

// {"errors":[{"code":"NAME_UNKNOWN","message":"…"}]}, but a proxy in between may say anything.
function wordsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: string; message?: string }[] };
    return (errors ?? []).map(({ code, message }) => `${code} ${message}`).join('; ');
  } catch {
    return text.trim().slice(0, 200);
  }
}

function reasonOf(cause: unknown): string {
  return messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
}

function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
