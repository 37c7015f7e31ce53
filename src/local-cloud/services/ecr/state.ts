import type { EncryptionType, ImageTagMutability } from '@aws-sdk/client-ecr';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import { AwsError } from '../../operation.ts';

/** One repository; its manifests and layers are in the image store, here is who owns which. */
export interface RepositoryState {
  name: string;
  arn: string;
  createdAt: Date;
  imageTagMutability: ImageTagMutability;
  scanOnPush: boolean;
  encryption: { encryptionType: EncryptionType; kmsKey?: string };
  tags: Map<string, string>;
  lifecyclePolicy?: { text: string; changedAt: Date };
  /** By digest of the manifest. */
  images: Map<string, ImageState>;
  /** Blobs that were pushed to or mounted into this repository: digest → bytes. */
  blobs: Map<string, number>;
}

/** One manifest of a repository. */
export interface ImageState {
  digest: string;
  mediaType: string;
  artifactMediaType: string | undefined;
  /** Bytes of the layers, as DescribeImages counts them. */
  sizeInBytes: number;
  pushedAt: Date;
  tags: Set<string>;
  /** Digests of what the manifest needs: config and layers, or the manifests of an index. */
  references: string[];
}

/** An upload between its POST and its last PUT; its bytes are in a file of that name. */
export interface UploadState {
  repository: string;
  size: number;
  startedAt: Date;
}

/** Everything that ECR keeps for one region. */
export interface EcrState {
  repositories: Map<string, RepositoryState>;
  uploads: Map<string, UploadState>;
}

/** ECR's state of the region of a call. */
export const ecr = store<EcrState>('ecr', () => ({ repositories: new Map(), uploads: new Map() }));

/** What ECR operations need of a call; the registry makes one from its token. */
export interface Place {
  cloud: LocalCloud;
  region: string;
  account: string;
}

/** A repository by name. Throws RepositoryNotFoundException, and InvalidParameterException for a registry of another account. */
export function repositoryOf(
  place: Place,
  name: string | undefined,
  registryId: string | undefined = place.account,
): RepositoryState {
  const repository = registryId === place.account ? ecr(place).repositories.get(name ?? '') : undefined;
  if (repository === undefined) {
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
    );
  }
  return repository;
}

/** `127.0.0.1:4510`: the registry's host as image references carry it. */
export function registryHost({ cloud }: Pick<Place, 'cloud'>): string {
  return new URL(cloud.endpoint).host;
}

/** `127.0.0.1:4510/chatops/chat-1a2b3c4d`. */
export function repositoryUri(place: Pick<Place, 'cloud'>, name: string): string {
  return `${registryHost(place)}/${name}`;
}

/** `'x' in the registry with id '…'`, the end of most of ECR's messages. */
export function named(repository: RepositoryState, place: Pick<Place, 'account'>): string {
  return `the repository with name '${repository.name}' in the registry with id '${place.account}'`;
}
