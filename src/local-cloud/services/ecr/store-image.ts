import { AwsError } from '../../operation.ts';
import { invalidParameter } from './invalid-parameter.ts';
import { parseManifest } from './manifest.ts';
import type { ParsedManifest } from './manifest.ts';
import { named } from './state.ts';
import type { ImageState, Place, RepositoryState } from './state.ts';

/**
 * Takes a manifest into a repository, in the order of ECR's checks: form, layers, immutable tag, sameness.
 * Throws InvalidParameterException, LayersNotFoundException, ImageTagAlreadyExistsException or ImageAlreadyExistsException.
 */
export async function storeImage(
  place: Place,
  repository: RepositoryState,
  { bytes, contentType, tag, now }: NewImage,
): Promise<ImageState> {
  const manifest = parsed(bytes, contentType);
  if (tag !== undefined && !/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}$/.test(tag)) {
    throw invalidParameter(
      `Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_.]+''`,
    );
  }
  checkReferences(manifest, repository, place);
  checkTag(manifest.digest, tag, repository, place);

  await place.cloud.dataPlane.images.putBlob(bytes, manifest.digest);
  // The write took time: another push may have taken the tag meanwhile.
  checkTag(manifest.digest, tag, repository, place);
  const image = repository.images.get(manifest.digest) ?? {
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    artifactMediaType: manifest.artifactMediaType,
    sizeInBytes: manifest.sizeInBytes,
    references: manifest.references,
    pushedAt: now,
    tags: new Set<string>(),
  };
  repository.images.set(image.digest, image);
  if (tag !== undefined) {
    for (const other of repository.images.values()) other.tags.delete(tag);
    image.tags.add(tag);
  }
  return image;
}

interface NewImage {
  bytes: Buffer;
  contentType: string | undefined;
  tag: string | undefined;
  now: Date;
}

function parsed(bytes: Buffer, contentType: string | undefined): ParsedManifest {
  try {
    return parseManifest(bytes, contentType);
  } catch (error) {
    throw invalidParameter(
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${(error as Error).message})`,
    );
  }
}

function checkReferences(manifest: ParsedManifest, repository: RepositoryState, place: Place): void {
  const held = manifest.isIndex ? repository.images : repository.blobs;
  const missing = manifest.references.filter((digest) => !held.has(digest));
  if (missing.length === 0) return;
  const list = missing.map((digest) => `'${digest}'`).join(', ');
  throw manifest.isIndex
    ? new AwsError(
        'ReferencedImagesNotFoundException',
        `Images with digests [${list}] required for pushing image into ${named(repository, place)} do not exist`,
      )
    : new AwsError(
        'LayersNotFoundException',
        `Layers with digests [${list}] required for pushing image into ${named(repository, place)} do not exist`,
      );
}

// ECR refuses to put a tag of an immutable repository twice, be it on the very same image.
function checkTag(digest: string, tag: string | undefined, repository: RepositoryState, place: Place): void {
  const image = repository.images.get(digest);
  const holder =
    tag === undefined ? undefined : [...repository.images.values()].find((other) => other.tags.has(tag));
  if (holder !== undefined && repository.imageTagMutability === 'IMMUTABLE') {
    throw new AwsError(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }
  if (image !== undefined && (tag === undefined || image.tags.has(tag))) {
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${tag}' already exists in ${named(repository, place)}`,
    );
  }
}
