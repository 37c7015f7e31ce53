import {
  DescribeImagesCommand,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import type { ECRClient, ImageIdentifier } from '@aws-sdk/client-ecr';
import { ChatopsError, ExitCode } from '../lib/errors.ts';

export interface ResolvedReference {
  /** What a task definition names: `<repository uri>@sha256:…` where the digest is known. */
  reference: string;
  /** Undefined for an image of another registry that is not pinned. */
  digest: string | undefined;
}

/**
 * Pins an image by digest. `image` is a tag or a digest of the stack's own repository (`v2`, `sha256:…`), or a
 * reference (`nginx:1.27`, `<uri>:v2`). One outside the own repository's registry is kept as it is given.
 * Throws a ChatopsError (exit 5) when the own registry has no such image (ecr describe-images).
 */
export async function resolveImage(
  ecr: ECRClient,
  image: string,
  { repositoryUri, signal }: { repositoryUri: string; signal?: AbortSignal },
): Promise<ResolvedReference> {
  const own = splitUri(repositoryUri);
  const asked = withinRepository(image) ? { ...own, id: idOf(image) } : splitReference(image);
  if (asked.registry !== own.registry) return { reference: image, digest: asked.id.imageDigest };

  const uri = `${asked.registry}/${asked.repository}`;
  const digest = await digestOf(ecr, image, asked.repository, asked.id, signal);
  return { reference: `${uri}@${digest}`, digest };
}

async function digestOf(
  ecr: ECRClient,
  image: string,
  repositoryName: string,
  id: ImageIdentifier,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [id] }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    const digest = imageDetails?.[0]?.imageDigest;
    if (digest !== undefined) return digest;
    throw missing(image, repositoryName);
  } catch (error) {
    if (error instanceof ImageNotFoundException) throw missing(image, repositoryName, error);
    if (error instanceof RepositoryNotFoundException) throw missing(image, repositoryName, error);
    throw error;
  }
}

function withinRepository(image: string): boolean {
  return image.startsWith('sha256:') || !/[/:@]/.test(image);
}

function idOf(image: string): ImageIdentifier {
  return image.startsWith('sha256:') ? { imageDigest: image } : { imageTag: image };
}

function splitUri(uri: string): { registry: string; repository: string } {
  const slash = uri.indexOf('/');
  return { registry: uri.slice(0, slash), repository: uri.slice(slash + 1) };
}

function splitReference(reference: string): { registry: string; repository: string; id: ImageIdentifier } {
  const [name = '', digest] = reference.split('@');
  const { registry, repository } = splitUri(name);
  const [path = '', tag = 'latest'] = repository.split(':');
  return { registry, repository: path, id: digest ? { imageDigest: digest } : { imageTag: tag } };
}

function missing(image: string, repository: string, cause?: unknown): ChatopsError {
  return new ChatopsError(`image ${image} is not in repository ${repository}`, {
    code: 'image.not-found',
    exit: ExitCode.failed,
    hint: 'push it first, or name a tag or digest that `aws ecr describe-images` lists',
    fields: { image, repository },
    cause,
  });
}
