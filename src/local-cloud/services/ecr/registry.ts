import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalCloud } from '../../cloud.ts';
import { regionOf } from './authorization.ts';
import { blobs } from './registry-blobs.ts';
import { RegistryError, answerError } from './registry-error.ts';
import { manifests, tagsList } from './registry-manifests.ts';
import { continueUpload, startUpload } from './registry-uploads.ts';
import { repositoryOf } from './state.ts';
import type { Place, RepositoryState } from './state.ts';

/** A request to one repository, after authorization. */
export interface RegistryRequest {
  place: Place;
  repository: RepositoryState;
  method: string;
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Answers a request under `/v2/`: the OCI distribution API (https://github.com/opencontainers/distribution-spec),
 * as ECR speaks it. The password of the Basic authorization is a token of GetAuthorizationToken and decides the region.
 */
export async function handleRegistry(
  request: IncomingMessage,
  response: ServerResponse,
  cloud: LocalCloud,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  try {
    const region = regionOf(cloud, request.headers.authorization);
    if (region === undefined) {
      response.setHeader('www-authenticate', `Basic realm="${cloud.endpoint}/",service="ecr.amazonaws.com"`);
      throw new RegistryError('UNAUTHORIZED', 'Your authorization token is missing, wrong or expired', 401);
    }
    await route(request, response, { cloud, region, account: cloud.account });
  } catch (error) {
    answerError(response, error);
  } finally {
    // What is left of a refused body has to be read, or the connection cannot be used again.
    request.resume();
  }
}

async function route(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
  const url = new URL(request.url ?? '', place.cloud.endpoint);
  const path = url.pathname.replace(/^\/v2\/?/, '');
  if (path === '') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
    return;
  }
  // Repository names have slashes: what comes last decides.
  const match = /^(.+)\/(?:(blobs)\/(uploads)\/([^/]*)|(blobs|manifests|tags)\/([^/]+))$/.exec(path);
  if (match === null) throw new RegistryError('NAME_UNKNOWN', `${url.pathname} is not of this API`, 404);
  const [, name, , isUpload, id, noun, reference = ''] = match;
  const asked: RegistryRequest = {
    place,
    repository: repositoryOf(place, name),
    method: request.method ?? 'GET',
    query: url.searchParams,
    request,
    response,
  };
  if (isUpload) return id === '' ? startUpload(asked) : continueUpload(asked, id!);
  if (noun === 'manifests') return manifests(asked, decodeURIComponent(reference));
  if (noun === 'blobs') return blobs(asked, decodeURIComponent(reference));
  if (reference === 'list' && asked.method === 'GET') return tagsList(asked);
  throw new RegistryError('NAME_UNKNOWN', `${url.pathname} is not of this API`, 404);
}
