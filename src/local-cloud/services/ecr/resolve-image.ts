import { readFile } from 'node:fs/promises';
import { findImage } from './find-image.ts';
import { ecr } from './state.ts';
import type { Place } from './state.ts';

/** An image of the local registry, as the task runner needs it. */
export interface ResolvedImage {
  digest: string;
  /** Bytes of the manifest; its config and layers are in the image store. */
  manifest: Buffer;
}

/**
 * What an image reference of a task definition means: `<host>/<repository>@sha256:…`, `<host>/<repository>:<tag>` or
 * both (the digest wins; without either, the tag is `latest`), looked up in the repositories of the call's region.
 * The host may be any port of this machine: the local cloud gets a new one each time it starts.
 * Throws an Error whose message is the stop reason that ECS gives (`CannotPullContainerError: …`); a reference to any
 * other registry is one of these, too.
 */
export async function resolveImage(place: Place, reference: string): Promise<ResolvedImage> {
  const parsed = parse(reference);
  if (parsed === undefined) {
    throw cannotPull(reference, 'it is not in the local registry, and nothing here can pull from elsewhere');
  }
  const repository = ecr(place).repositories.get(parsed.repository);
  if (repository === undefined) {
    throw cannotPull(reference, `repository ${parsed.repository} does not exist`);
  }
  const image = findImage(
    repository,
    parsed.digest === undefined ? { imageTag: parsed.tag } : { imageDigest: parsed.digest },
  );
  const path = image && (await place.cloud.dataPlane.images.blob(image.digest));
  if (image === undefined || path === undefined) throw cannotPull(reference, 'not found');
  return { digest: image.digest, manifest: await readFile(path) };
}

function parse(reference: string) {
  const match = /^(?:127\.0\.0\.1|localhost):\d+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
    reference,
  );
  if (match === null) return undefined;
  return { repository: match[1]!, tag: match[2] ?? 'latest', digest: match[3] };
}

function cannotPull(reference: string, reason: string): Error {
  return new Error(
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reason}`,
  );
}
