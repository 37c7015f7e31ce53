import { BatchGetImageCommand, DescribeRepositoriesCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import type { Image } from '@aws-sdk/client-ecr';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { Session } from './session.ts';

/** Whether a text can be the tag of an image. */
export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

/**
 * Gives an image of the stack's repository a further tag: nothing is built or pushed (aws ecr batch-get-image,
 * put-image). Sending it twice is harmless. Throws as `checkTag` does.
 */
export async function tagImage(session: Session, image: string, tag: string): Promise<void> {
  const wanted = await checkTag(session, image, tag);
  if (wanted === undefined) return;
  const { imageManifest, imageManifestMediaType, imageId } = wanted;
  await session.cloud.ecr.send(
    new PutImageCommand({
      repositoryName: session.names.repository,
      imageManifest,
      imageManifestMediaType,
      imageDigest: imageId!.imageDigest,
      imageTag: tag,
    }),
  );
}

/**
 * The image that is to have the tag; undefined when it has it already. Throws a ChatopsError (exit 2) for what is no
 * tag, for an image of another repository, and for a tag that stands for another image and cannot be moved.
 */
export async function checkTag(
  { cloud, names }: Session,
  image: string,
  tag: string,
): Promise<Image | undefined> {
  if (!isTag(tag)) {
    throw new ChatopsError(`--tag ${tag} is no tag`, {
      code: 'image.tag',
      exit: ExitCode.usage,
      hint: 'name a tag of letters, digits, ".", "-" and "_"',
    });
  }
  const { repositories = [] } = await cloud.ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [names.repository] }),
  );
  const { repositoryUri, imageTagMutability } = repositories[0]!;
  const [uri, digest] = image.split('@');
  if (uri !== repositoryUri || digest === undefined) {
    throw new ChatopsError(`image ${image} cannot be tagged: it is not in the repository of the stack`, {
      code: 'image.tag-elsewhere',
      exit: ExitCode.usage,
      hint: `leave --tag out, or push the image to ${repositoryUri}`,
    });
  }
  const [wanted, holder] = await Promise.all([
    imageIn({ cloud, names }, { imageDigest: digest }),
    imageIn({ cloud, names }, { imageTag: tag }),
  ]);
  const held = holder?.imageId?.imageDigest;
  if (held === digest) return undefined;
  if (held !== undefined && imageTagMutability !== 'MUTABLE') throw immovable(tag, held);
  return wanted;
}

async function imageIn(
  { cloud, names }: Pick<Session, 'cloud' | 'names'>,
  id: { imageDigest: string } | { imageTag: string },
): Promise<Image | undefined> {
  const { images = [] } = await cloud.ecr.send(
    new BatchGetImageCommand({ repositoryName: names.repository, imageIds: [id] }),
  );
  return images[0];
}

function immovable(tag: string, digest: string): ChatopsError {
  return new ChatopsError(`tag ${tag} stands for another image (${digest}) and cannot be moved`, {
    code: 'image.tag-taken',
    exit: ExitCode.usage,
    hint: 'choose another tag, or set service.imageTagMutability to "mutable" and run `chatops up`',
    fields: { tag, digest },
  });
}
