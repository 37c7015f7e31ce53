import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  paginateDescribeRepositories,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Repository,
} from '@aws-sdk/client-ecr';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind, Scope } from '../../engine/resource.ts';
import { compare, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList, type Candidate } from '../shared/tags.ts';

interface RepositoryProps {
  name: string;
  /** Whether a tag that exists may be given to another image. */
  tagMutability: 'MUTABLE' | 'IMMUTABLE';
  scanOnPush: boolean;
  /** ECR's lifecycle policy as an object, or undefined for none. */
  lifecyclePolicy: object | undefined;
}

interface RepositoryAttrs extends Omit<RepositoryProps, 'tagMutability'> {
  tagMutability: string;
  arn: string;
  /** `<registry>/<name>`. */
  repositoryUri: string;
}

/** An image repository (`aws ecr describe-repositories`, `get-lifecycle-policy`). Its images go with it. */
export const repository: ResourceKind<Cloud, RepositoryProps, RepositoryAttrs> = {
  type: 'AWS::ECR::Repository',
  stateful: true,
  idempotent: true,

  async find(cloud, scope) {
    return owned(scope, await listRepositories(cloud, scope, attrsOf));
  },

  diff: (desired, current) => [
    ...compare('name', current.name, desired.name, 'replace'),
    ...compare('tagMutability', current.tagMutability, desired.tagMutability),
    ...compare('scanOnPush', current.scanOnPush, desired.scanOnPush),
    ...compare('lifecyclePolicy', current.lifecyclePolicy, desired.lifecyclePolicy),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `repository ${props.name}`,
      taken: ['RepositoryAlreadyExistsException'],
      find: () => repository.find(cloud, step.scope),
      async create() {
        await cloud.ecr.send(
          new CreateRepositoryCommand({
            repositoryName: props.name,
            imageTagMutability: props.tagMutability,
            imageScanningConfiguration: { scanOnPush: props.scanOnPush },
            tags: tagList(step.tags),
          }),
        );
        await setLifecyclePolicy(cloud, props);
      },
    });
  },

  async update(cloud, props, _current, changes) {
    const repositoryName = props.name;
    if (touches(changes, 'tagMutability')) {
      await cloud.ecr.send(
        new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: props.tagMutability }),
      );
    }
    if (touches(changes, 'scanOnPush')) {
      await cloud.ecr.send(
        new PutImageScanningConfigurationCommand({
          repositoryName,
          imageScanningConfiguration: { scanOnPush: props.scanOnPush },
        }),
      );
    }
    if (touches(changes, 'lifecyclePolicy')) await setLifecyclePolicy(cloud, props);
  },

  async tag(cloud, { arn: resourceArn }, { set, remove }) {
    if (Object.keys(set).length > 0) {
      await cloud.ecr.send(new TagResourceCommand({ resourceArn, tags: tagList(set) }));
    }
    if (remove.length > 0) {
      await cloud.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
    }
  },

  async delete(cloud, { name }) {
    await unless(
      cloud.ecr.send(new DeleteRepositoryCommand({ repositoryName: name, force: true })),
      'RepositoryNotFoundException',
    );
  },
};

/** The repositories whose names carry the hash of the stack, with their tags and whatever `read` adds. */
export async function listRepositories<Attrs>(
  cloud: Cloud,
  scope: Scope,
  read: (cloud: Cloud, repository: Repository) => Promise<Attrs>,
): Promise<Candidate<Attrs>[]> {
  const pages = paginateDescribeRepositories({ client: cloud.ecr }, {});
  const repositories = await collect(pages, (page) => page.repositories);
  return Promise.all(
    repositories
      .filter((one) => carriesHash(scope, one.repositoryName))
      .map(async (one) => {
        const [answer, attrs] = await Promise.all([
          unless(
            cloud.ecr.send(new ListTagsForResourceCommand({ resourceArn: one.repositoryArn })),
            'RepositoryNotFoundException',
          ),
          read(cloud, one),
        ]);
        return { tags: answer?.tags, ref: one.repositoryName!, attrs };
      }),
  );
}

async function attrsOf(cloud: Cloud, one: Repository): Promise<RepositoryAttrs> {
  const policy = await unless(
    cloud.ecr.send(new GetLifecyclePolicyCommand({ repositoryName: one.repositoryName })),
    'LifecyclePolicyNotFoundException',
    'RepositoryNotFoundException',
  );
  return {
    name: one.repositoryName!,
    arn: one.repositoryArn!,
    repositoryUri: one.repositoryUri!,
    tagMutability: one.imageTagMutability!,
    scanOnPush: one.imageScanningConfiguration?.scanOnPush ?? false,
    lifecyclePolicy:
      policy?.lifecyclePolicyText === undefined
        ? undefined
        : (JSON.parse(policy.lifecyclePolicyText) as object),
  };
}

async function setLifecyclePolicy(cloud: Cloud, { name, lifecyclePolicy }: RepositoryProps): Promise<void> {
  if (lifecyclePolicy === undefined) {
    await unless(
      cloud.ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName: name })),
      'LifecyclePolicyNotFoundException',
    );
    return;
  }
  await cloud.ecr.send(
    new PutLifecyclePolicyCommand({
      repositoryName: name,
      lifecyclePolicyText: JSON.stringify(lifecyclePolicy),
    }),
  );
}
