import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { LocalCloud } from '../../cloud.ts';
import { removeUnreferencedBlobs } from './blobs.ts';
import type { ImageState, RepositoryState } from './state.ts';

/** The image that a digest, a tag, or both mean. */
export function findImage(
  repository: RepositoryState,
  { imageDigest, imageTag }: ImageIdentifier,
): ImageState | undefined {
  if (imageDigest !== undefined) {
    const image = repository.images.get(imageDigest);
    return imageTag === undefined || image?.tags.has(imageTag) ? image : undefined;
  }
  return [...repository.images.values()].find((image) => imageTag !== undefined && image.tags.has(imageTag));
}

/**
 * Deletes an image by digest with all its tags, or one tag, and with its last tag the image. Blobs that no other
 * image holds leave the disk. Answers with what went, as BatchDeleteImage lists it.
 */
export async function deleteImage(
  cloud: LocalCloud,
  repository: RepositoryState,
  image: ImageState,
  { imageDigest, imageTag }: ImageIdentifier,
): Promise<ImageIdentifier[]> {
  if (imageDigest === undefined && imageTag !== undefined && image.tags.size > 1) {
    image.tags.delete(imageTag);
    return [{ imageDigest: image.digest, imageTag }];
  }
  repository.images.delete(image.digest);
  const kept = new Set([...repository.images.values()].flatMap((other) => other.references));
  const released = image.references.filter((digest) => !kept.has(digest));
  for (const digest of released) repository.blobs.delete(digest);
  await removeUnreferencedBlobs(cloud, [...released, image.digest]);
  return image.tags.size === 0
    ? [{ imageDigest: image.digest }]
    : [...image.tags].map((tag) => ({ imageDigest: image.digest, imageTag: tag }));
}
