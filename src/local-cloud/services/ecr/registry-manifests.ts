import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../../operation.ts';
import { deleteImage, findImage } from './find-image.ts';
import { digestOf } from './manifest.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryRequest } from './registry.ts';
import { storeImage } from './store-image.ts';

// ECR's limit (and the OCI specification's recommendation) for one manifest.
const maxBytes = 4 * 1024 * 1024;

/** `GET|HEAD|PUT|DELETE /v2/<name>/manifests/<tag or digest>`. */
export async function manifests(request: RegistryRequest, reference: string): Promise<void> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return read(request, reference);
    case 'PUT':
      return put(request, reference);
    case 'DELETE':
      return remove(request, reference);
    default:
      throw new RegistryError('UNSUPPORTED', `${request.method} is not supported here`, 405);
  }
}

/** `GET /v2/<name>/tags/list`, with `n` and `last`. */
export function tagsList({ repository, query, response }: RegistryRequest): void {
  const last = query.get('last') ?? '';
  const limit = Number(query.get('n') ?? Infinity);
  const tags = [...repository.images.values()]
    .flatMap((image) => [...image.tags])
    .filter((tag) => tag > last)
    .sort();
  const shown = tags.slice(0, limit);
  const next = shown.length < tags.length ? shown.at(-1) : undefined;
  if (next !== undefined) {
    const rest = new URLSearchParams({ n: String(limit), last: next }).toString();
    response.setHeader('link', `</v2/${repository.name}/tags/list?${rest}>; rel="next"`);
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ name: repository.name, tags: shown }));
}

async function read({ place, repository, method, response }: RegistryRequest, reference: string) {
  const image = findImage(repository, idOf(reference));
  const path = image && (await place.cloud.dataPlane.images.blob(image.digest));
  if (image === undefined || path === undefined) throw unknown(reference);
  const bytes = await readFile(path);
  response.writeHead(200, {
    'content-type': image.mediaType,
    'content-length': bytes.length,
    'docker-content-digest': image.digest,
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

async function put({ place, repository, request, response }: RegistryRequest, reference: string) {
  const bytes = await readAll(request);
  const digest = digestOf(bytes);
  const id = idOf(reference);
  if (id.imageDigest !== undefined && id.imageDigest !== digest) {
    throw new RegistryError('DIGEST_INVALID', `the manifest has ${digest}, not ${id.imageDigest}`, 400);
  }
  try {
    await storeImage(place, repository, {
      bytes,
      contentType: request.headers['content-type'],
      tag: id.imageTag,
      now: new Date(place.cloud.clock.now()),
    });
  } catch (error) {
    // Over the registry API a push of what is there already succeeds, as long as the tag may be moved at all.
    if (!(error instanceof AwsError && error.code === 'ImageAlreadyExistsException')) throw error;
  }
  response.writeHead(201, {
    location: `/v2/${repository.name}/manifests/${digest}`,
    'docker-content-digest': digest,
    'content-length': 0,
  });
  response.end();
}

async function remove({ place, repository, response }: RegistryRequest, reference: string) {
  const id = idOf(reference);
  const image = findImage(repository, id);
  if (image === undefined) throw unknown(reference);
  await deleteImage(place.cloud, repository, image, id);
  response.writeHead(202, { 'content-length': 0 });
  response.end();
}

function idOf(reference: string): { imageDigest?: string; imageTag?: string } {
  return reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
}

function unknown(reference: string): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', `manifest ${reference} is not known`, 404);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new RegistryError('SIZE_INVALID', 'a manifest is at most 4 MiB', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
