import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import { isInReach } from '../config/fields/network.ts';
import { resolveImage } from '../image/resolve.ts';
import type { BuiltImage } from '../image/image.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { push } from '../resources/ecr/image.ts';
import { buildServiceImage } from './build-image.ts';
import { isTag } from './image-tag.ts';
import type { Session } from './session.ts';

/** What is to be deployed, as the command line says it. */
export type ImageChoice =
  /** A tag or digest of the stack's own repository, or a reference of any registry. */
  | { image: string; build?: false | undefined }
  /** Built and pushed first, under the tag `image` or one made of its content. */
  | { image?: string | undefined; build: true };

/** How `deploy` gets at images: told what it is doing, ended by Ctrl-C. */
interface Progress {
  packageRoot: string;
  signal: AbortSignal;
  note(text: string): void;
}

/**
 * The image that the command line means, as task definitions name it: by digest, wherever the registry is the stack's
 * own. Throws a ChatopsError: exit 2 for a tag that does not exist or already means something else, exit 3 or 5 for
 * what cannot be built or pushed.
 */
export async function imageToDeploy(
  session: Session,
  choice: ImageChoice,
  progress: Progress,
): Promise<string> {
  const { cloud, names } = session;
  const { repositories = [] } = await cloud.ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [names.repository] }),
  );
  const [repository] = repositories;
  const repositoryUri = repository!.repositoryUri!;
  if (choice.build === true) {
    const isMovable = repository!.imageTagMutability === 'MUTABLE';
    return `${repositoryUri}@${await builtDigest(session, choice.image, { ...progress, isMovable })}`;
  }
  const { image } = choice;
  try {
    const { reference } = await resolveImage(cloud.ecr, image, { repositoryUri });
    if (session.config.network.endpoints && !isInReach(reference, cloud.region)) throw outOfReach(image);
    return reference;
  } catch (error) {
    if (error instanceof ChatopsError && error.code === 'image.not-found')
      throw await missing(session, image);
    throw error;
  }
}

function outOfReach(image: string): ChatopsError {
  return new ChatopsError(
    `image ${image} is out of reach: tasks have VPC endpoints (network.endpoints) and nothing else`,
    {
      code: 'image.out-of-reach',
      exit: ExitCode.usage,
      hint: 'push it to an ECR of the region, or build it with --build',
    },
  );
}

/** What people call an image, and `--image` takes: its newest tag in the stack's repository, else its digest or the reference itself. */
export async function nameOfImage({ cloud, names }: Session, reference: string): Promise<string> {
  const digest = reference.split('@')[1];
  if (digest === undefined) return reference;
  const [tag] = await tagsIn({ cloud, names }, digest).catch(() => []);
  return tag ?? digest;
}

/** `sha256:` and twelve hex digits. */
function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** `isMovable`: whether a tag that stands for other content can be given to what is built. */
async function builtDigest(
  session: Session,
  tag: string | undefined,
  { isMovable, ...progress }: Progress & { isMovable: boolean },
): Promise<string> {
  if (tag !== undefined && !isTag(tag)) {
    throw new ChatopsError(`--image ${tag} is no tag that can be pushed`, {
      code: 'image.tag',
      exit: ExitCode.usage,
      hint: 'name a tag of letters, digits, ".", "-" and "_", or leave out --build to deploy an image that exists',
    });
  }
  progress.note('building the image');
  const build = await buildServiceImage(session, progress.packageRoot, tag);
  const named = { ...build, tag: tag ?? build.tag };
  const there = await sameUnder(session, named, isMovable);
  if (there !== undefined) {
    progress.note(`${named.tag} is in the repository already`);
    return there;
  }
  await push(session.cloud, named, session.names.repository, progress);
  return named.digest;
}

/**
 * The digest of what the image's tag stands for, when it is the same content; undefined when the tag is free or can be moved
 * (aws ecr batch-get-image). Another compression gives another digest: what is in it is in the config's digest.
 */
async function sameUnder(
  { cloud, names }: Session,
  build: BuiltImage,
  isMovable: boolean,
): Promise<string | undefined> {
  const { images = [] } = await cloud.ecr.send(
    new BatchGetImageCommand({
      repositoryName: names.repository,
      imageIds: [{ imageTag: build.tag }],
      acceptedMediaTypes: [build.mediaType],
    }),
  );
  const [found] = images;
  if (found === undefined) return undefined;
  const { config } = JSON.parse(found.imageManifest ?? '{}') as { config?: { digest?: string } };
  const digest = found.imageId!.imageDigest!;
  if (config?.digest === build.config.digest) return digest;
  if (isMovable) return undefined;
  throw new ChatopsError(
    `tag ${build.tag} stands for other content (${shortDigest(digest)}) and cannot be moved`,
    {
      code: 'image.tag-taken',
      exit: ExitCode.usage,
      hint: 'choose another tag; leave --image out for a tag made of the content; or leave --build out to deploy what the tag stands for',
      fields: { tag: build.tag, digest },
    },
  );
}

const shownTags = 10;

async function missing(session: Session, image: string): Promise<ChatopsError> {
  const tags = await tagsIn(session);
  const more = tags.length > shownTags ? ` and ${tags.length - shownTags} more` : '';
  return new ChatopsError(`image ${image} is not in repository ${session.names.repository}`, {
    code: 'image.not-found',
    exit: ExitCode.usage,
    hint:
      tags.length === 0
        ? 'it has no tag yet: build and push with --build'
        : `its tags are ${tags.slice(0, shownTags).join(', ')}${more}; or build and push with --build`,
    fields: { image, repository: session.names.repository, tags },
  });
}

/** Tags of the stack's repository, or of one image in it, the newest first (aws ecr describe-images). */
async function tagsIn(
  { cloud, names }: Pick<Session, 'cloud' | 'names'>,
  digest?: string,
): Promise<string[]> {
  const details: ImageDetail[] = [];
  const pages = paginateDescribeImages(
    { client: cloud.ecr },
    {
      repositoryName: names.repository,
      ...(digest === undefined ? {} : { imageIds: [{ imageDigest: digest }] }),
    },
  );
  for await (const page of pages) details.push(...(page.imageDetails ?? []));
  return details
    .toSorted((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
    .flatMap(({ imageTags = [] }) => imageTags);
}
