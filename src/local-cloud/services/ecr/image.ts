import { readFile } from 'node:fs/promises';
import type {
  BatchDeleteImageCommandInput,
  BatchDeleteImageCommandOutput,
  BatchGetImageCommandInput,
  BatchGetImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  Image,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
  ListImagesCommandInput,
  ListImagesCommandOutput,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { invalidParameter } from './invalid-parameter.ts';
import { deleteImage, findImage } from './find-image.ts';
import { named, repositoryOf } from './state.ts';
import type { ImageState, Place, RepositoryState } from './state.ts';

export const DescribeImages: Operation<DescribeImagesCommandInput, DescribeImagesCommandOutput> = (
  input,
  call,
) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const status = input.filter?.tagStatus;
  const images = input.imageIds
    ? new Set(input.imageIds.map((id) => foundImage(repository, id, call)))
    : [...repository.images.values()].filter((image) => hasStatus(image.tags.size > 0, status));
  const { items, next } = page(images, {
    key: (image) => image.digest,
    size: input.imageIds?.length ?? input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => invalidParameter("Invalid parameter at 'nextToken'"),
  });
  return { imageDetails: items.map((image) => detailOf(image, repository, call)), nextToken: next };
};

export const ListImages: Operation<ListImagesCommandInput, ListImagesCommandOutput> = (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const status = input.filter?.tagStatus;
  const ids = [...repository.images.values()].flatMap((image): ImageIdentifier[] =>
    image.tags.size === 0
      ? [{ imageDigest: image.digest }]
      : [...image.tags].map((imageTag) => ({ imageDigest: image.digest, imageTag })),
  );
  const { items, next } = page(
    ids.filter((id) => hasStatus(id.imageTag !== undefined, status)),
    {
      key: (id) => `${id.imageDigest} ${id.imageTag ?? ''}`,
      size: input.maxResults ?? 100,
      token: input.nextToken,
      invalid: () => invalidParameter("Invalid parameter at 'nextToken'"),
    },
  );
  return { imageIds: items, nextToken: next };
};

export const BatchGetImage: Operation<BatchGetImageCommandInput, BatchGetImageCommandOutput> = async (
  input,
  call,
) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const images: Image[] = [];
  const failures: ImageFailure[] = [];
  for (const id of input.imageIds!) {
    const image = findImage(repository, id);
    const path = image && (await call.cloud.dataPlane.images.blob(image.digest));
    if (image === undefined || path === undefined) {
      failures.push(failureOf(id));
      continue;
    }
    images.push({
      registryId: call.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, imageTag: id.imageTag },
      imageManifest: await readFile(path, 'utf8'),
      imageManifestMediaType: image.mediaType,
    });
  }
  return { images, failures };
};

export const BatchDeleteImage: Operation<
  BatchDeleteImageCommandInput,
  BatchDeleteImageCommandOutput
> = async (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const imageIds: ImageIdentifier[] = [];
  const failures: ImageFailure[] = [];
  for (const id of input.imageIds!) {
    const image = findImage(repository, id);
    if (image === undefined) {
      failures.push(failureOf(id));
      continue;
    }
    const index = referringIndex(repository, image, id);
    if (index !== undefined) {
      failures.push({
        imageId: id,
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${index.digest}]`,
      });
      continue;
    }
    imageIds.push(...(await deleteImage(call.cloud, repository, image, id)));
  }
  return { imageIds, failures };
};

function hasStatus(tagged: boolean, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === 'ANY' || (wanted === 'TAGGED') === tagged;
}

function foundImage(repository: RepositoryState, id: ImageIdentifier, place: Place): ImageState {
  const image = findImage(repository, id);
  if (image === undefined) {
    throw new AwsError(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within ${named(repository, place)}`,
    );
  }
  return image;
}

function detailOf(image: ImageState, repository: RepositoryState, place: Place): ImageDetail {
  return {
    registryId: place.account,
    repositoryName: repository.name,
    imageDigest: image.digest,
    imageTags: image.tags.size > 0 ? [...image.tags] : undefined,
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    artifactMediaType: image.artifactMediaType,
  };
}

function failureOf(id: ImageIdentifier): ImageFailure {
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    return {
      imageId: id,
      failureCode: 'MissingDigestAndTag',
      failureReason: 'Invalid request parameters: both tag and digest cannot be null',
    };
  }
  return { imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}

// Taking one tag of several away leaves the manifest in place, so it may be part of an index.
function referringIndex(
  repository: RepositoryState,
  image: ImageState,
  id: ImageIdentifier,
): ImageState | undefined {
  if (id.imageDigest === undefined && image.tags.size > 1) return undefined;
  return [...repository.images.values()].find((other) => other.references.includes(image.digest));
}
