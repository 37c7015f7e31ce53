import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DigestMismatch } from '../../runtime/images.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryRequest } from './registry.ts';
import { ecr } from './state.ts';
import type { UploadState } from './state.ts';

/** `POST /v2/<name>/blobs/uploads/`: begins an upload, takes a whole blob at once (`?digest=`), or mounts one of another repository (`?mount=&from=`). */
export async function startUpload(request: RegistryRequest): Promise<void> {
  const { place, repository, query, response } = request;
  if (request.method !== 'POST') throw unsupported(request.method);
  const mount = query.get('mount');
  const from = ecr(place).repositories.get(query.get('from') ?? '');
  const size = mount === null ? undefined : from?.blobs.get(mount);
  if (mount !== null && size !== undefined) {
    repository.blobs.set(mount, size);
    answerCreated(request, mount);
    return;
  }
  await removeAbandoned(request);
  const id = randomUUID();
  const upload: UploadState = {
    repository: repository.name,
    size: 0,
    startedAt: new Date(place.cloud.clock.now()),
  };
  ecr(place).uploads.set(id, upload);
  await mkdir(folderOf(request), { recursive: true });
  if (query.has('digest')) {
    await finish(request, id, upload);
    return;
  }
  response.writeHead(202, progress(request, id, upload));
  response.end();
}

/** `PATCH|PUT|GET|DELETE /v2/<name>/blobs/uploads/<id>`. */
export async function continueUpload(request: RegistryRequest, id: string): Promise<void> {
  const { place, repository, response } = request;
  const upload = ecr(place).uploads.get(id);
  if (upload?.repository !== repository.name) {
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', `upload ${id} is not known to the repository`, 404);
  }
  switch (request.method) {
    case 'PATCH':
      await append(request, id, upload);
      response.writeHead(202, progress(request, id, upload));
      break;
    case 'PUT':
      await finish(request, id, upload);
      return;
    case 'GET':
      response.writeHead(204, progress(request, id, upload));
      break;
    case 'DELETE':
      await discard(request, id);
      response.writeHead(204);
      break;
    default:
      throw unsupported(request.method);
  }
  response.end();
}

async function append(request: RegistryRequest, id: string, upload: UploadState): Promise<void> {
  const start = /^(?:bytes )?(\d+)-\d+/.exec(request.request.headers['content-range'] ?? '')?.[1];
  if (start !== undefined && Number(start) !== upload.size) {
    request.response.setHeader('range', rangeOf(upload));
    throw new RegistryError('BLOB_UPLOAD_INVALID', `the next byte is ${upload.size}, not ${start}`, 416);
  }
  const path = join(folderOf(request), id);
  try {
    await pipeline(request.request, createWriteStream(path, { flags: 'a' }));
  } finally {
    // A connection that broke halfway leaves what had arrived; the client asks for the range and goes on from there.
    upload.size = await stat(path).then(
      (file) => file.size,
      () => 0,
    );
  }
}

async function finish(request: RegistryRequest, id: string, upload: UploadState): Promise<void> {
  await append(request, id, upload);
  const digest = request.query.get('digest');
  try {
    if (digest === null) throw new RegistryError('DIGEST_INVALID', 'the digest is missing', 400);
    const { images } = request.place.cloud.dataPlane;
    await images.putBlob(createReadStream(join(folderOf(request), id)), digest);
  } catch (error) {
    if (error instanceof DigestMismatch) throw new RegistryError('DIGEST_INVALID', error.message, 400);
    throw error;
  } finally {
    await discard(request, id);
  }
  request.repository.blobs.set(digest, upload.size);
  answerCreated(request, digest);
}

async function discard(request: RegistryRequest, id: string): Promise<void> {
  ecr(request.place).uploads.delete(id);
  await rm(join(folderOf(request), id), { force: true });
}

// A client that gave up never says so: what has been lying around for an hour goes, files of an earlier run included.
async function removeAbandoned(request: RegistryRequest): Promise<void> {
  const oldest = request.place.cloud.clock.now() - 3600_000;
  const files = await readdir(folderOf(request)).catch(() => []);
  for (const id of files) {
    const path = join(folderOf(request), id);
    const modified = await stat(path).then(
      (file) => file.mtimeMs,
      () => Infinity,
    );
    if (modified < oldest) await discard(request, id);
  }
}

function answerCreated({ repository, response }: RegistryRequest, digest: string): void {
  response.writeHead(201, {
    location: `/v2/${repository.name}/blobs/${digest}`,
    'docker-content-digest': digest,
    'content-length': 0,
  });
  response.end();
}

function progress({ repository }: RegistryRequest, id: string, upload: UploadState) {
  return {
    location: `/v2/${repository.name}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: rangeOf(upload),
    'content-length': 0,
  };
}

function rangeOf(upload: UploadState): string {
  return `0-${Math.max(0, upload.size - 1)}`;
}

function folderOf({ place }: RegistryRequest): string {
  return join(place.cloud.folder, 'registry', 'uploads');
}

function unsupported(method: string): RegistryError {
  return new RegistryError('UNSUPPORTED', `${method} is not supported here`, 405);
}
