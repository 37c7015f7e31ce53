import type { PutImageCommandInput, PutImageCommandOutput } from '@aws-sdk/client-ecr';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { digestOf } from './manifest.ts';
import { repositoryOf } from './state.ts';
import { storeImage } from './store-image.ts';

export const PutImage: Operation<PutImageCommandInput, PutImageCommandOutput> = async (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  const bytes = Buffer.from(input.imageManifest!);
  if (input.imageDigest !== undefined && input.imageDigest !== digestOf(bytes)) {
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The image digest '${input.imageDigest}' does not match the digest of the image manifest`,
    );
  }
  const image = await storeImage(call, repository, {
    bytes,
    contentType: input.imageManifestMediaType,
    tag: input.imageTag,
    now: call.now,
  });
  return {
    image: {
      registryId: call.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, imageTag: input.imageTag },
      imageManifest: input.imageManifest,
      imageManifestMediaType: image.mediaType,
    },
  };
};
