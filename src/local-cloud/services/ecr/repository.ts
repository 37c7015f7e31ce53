import type {
  CreateRepositoryCommandInput,
  CreateRepositoryCommandOutput,
  DeleteRepositoryCommandInput,
  DeleteRepositoryCommandOutput,
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  PutImageScanningConfigurationCommandInput,
  PutImageScanningConfigurationCommandOutput,
  PutImageTagMutabilityCommandInput,
  PutImageTagMutabilityCommandOutput,
  Repository,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { invalidParameter } from './invalid-parameter.ts';
import { removeUnreferencedBlobs } from './blobs.ts';
import { ecr, repositoryOf, repositoryUri } from './state.ts';
import type { Place, RepositoryState } from './state.ts';
import { checkTagCount, tagSet } from './tag-set.ts';

const namePattern = '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*';

export const CreateRepository: Operation<CreateRepositoryCommandInput, CreateRepositoryCommandOutput> = (
  input,
  call,
) => {
  const name = input.repositoryName!;
  checkName(name);
  const mutability = input.imageTagMutability ?? 'MUTABLE';
  checkMutability(mutability);
  const tags = tagSet(input.tags ?? []);
  checkTagCount(tags);
  const { repositories } = ecr(call);
  if (repositories.has(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${call.account}'`,
    );
  }
  const { encryptionType = 'AES256', kmsKey } = input.encryptionConfiguration ?? {};
  const repository: RepositoryState = {
    name,
    arn: `arn:aws:ecr:${call.region}:${call.account}:repository/${name}`,
    createdAt: call.now,
    imageTagMutability: mutability,
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: kmsKey === undefined ? { encryptionType } : { encryptionType, kmsKey },
    tags,
    images: new Map(),
    blobs: new Map(),
  };
  repositories.set(name, repository);
  return { repository: described(repository, call) };
};

export const DescribeRepositories: Operation<
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput
> = (input, call) => {
  const names = input.repositoryNames;
  if (names !== undefined && (input.nextToken !== undefined || input.maxResults !== undefined)) {
    throw invalidParameter('maxResults and nextToken cannot be used together with repositoryNames');
  }
  const asked =
    names?.map((name) => repositoryOf(call, name, input.registryId)) ?? ecr(call).repositories.values();
  const { items, next } = page(asked, {
    key: (repository) => repository.name,
    size: names?.length ?? input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => invalidParameter("Invalid parameter at 'nextToken'"),
  });
  return { repositories: items.map((repository) => described(repository, call)), nextToken: next };
};

export const DeleteRepository: Operation<
  DeleteRepositoryCommandInput,
  DeleteRepositoryCommandOutput
> = async (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  if (repository.images.size > 0 && input.force !== true) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${repository.name}' in registry with id '${call.account}' cannot be deleted because it still contains images`,
    );
  }
  ecr(call).repositories.delete(repository.name);
  await removeUnreferencedBlobs(call.cloud, [...repository.blobs.keys(), ...repository.images.keys()]);
  return { repository: described(repository, call) };
};

export const PutImageTagMutability: Operation<
  PutImageTagMutabilityCommandInput,
  PutImageTagMutabilityCommandOutput
> = (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  checkMutability(input.imageTagMutability!);
  repository.imageTagMutability = input.imageTagMutability!;
  return {
    registryId: call.account,
    repositoryName: repository.name,
    imageTagMutability: repository.imageTagMutability,
  };
};

export const PutImageScanningConfiguration: Operation<
  PutImageScanningConfigurationCommandInput,
  PutImageScanningConfigurationCommandOutput
> = (input, call) => {
  const repository = repositoryOf(call, input.repositoryName, input.registryId);
  repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
  return {
    registryId: call.account,
    repositoryName: repository.name,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  };
};

function checkName(name: string): void {
  if (name.length < 2 || name.length > 256) {
    const bound =
      name.length < 2 ? 'have length greater than or equal to 2' : 'have length less than or equal to 256';
    throw invalidParameter(
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must ${bound}'`,
    );
  }
  if (!new RegExp(`^${namePattern}$`).test(name)) {
    throw invalidParameter(
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${namePattern}''`,
    );
  }
}

// Exclusion filters are not kept here, so the two settings that need them would be a lie.
function checkMutability(mutability: string): void {
  if (mutability !== 'MUTABLE' && mutability !== 'IMMUTABLE') {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [IMMUTABLE, MUTABLE]'`,
    );
  }
}

function described(repository: RepositoryState, place: Place): Repository {
  return {
    repositoryArn: repository.arn,
    registryId: place.account,
    repositoryName: repository.name,
    repositoryUri: repositoryUri(place, repository.name),
    createdAt: repository.createdAt,
    imageTagMutability: repository.imageTagMutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryption,
  };
}
