import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { RegistryError } from './registry-error.ts';
import type { RegistryRequest } from './registry.ts';

/** `GET|HEAD /v2/<name>/blobs/<digest>`: only what was pushed to or mounted into this very repository. */
export async function blobs({ place, repository, method, response }: RegistryRequest, digest: string) {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new RegistryError('UNSUPPORTED', `${method} is not supported here`, 405);
  }
  const size = repository.blobs.get(digest);
  const path = size === undefined ? undefined : await place.cloud.dataPlane.images.blob(digest);
  if (size === undefined || path === undefined) {
    throw new RegistryError('BLOB_UNKNOWN', `blob ${digest} is not known to the repository`, 404);
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
    'docker-content-digest': digest,
  });
  if (method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}
