import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind, Step } from '../../engine/resource.ts';
import type { BuiltImage } from '../../image/image.ts';
import { pushImage } from '../../image/push.ts';
import { owned } from '../shared/tags.ts';
import { listRepositories } from './repository.ts';

interface ImageProps {
  repositoryName: string;
  repositoryUri: string;
  /** Names the content: another machine may have compressed, and so digested, the same image differently. */
  tag: string;
}

interface ImageAttrs extends ImageProps {
  digest: string;
  /** `<repository uri>@sha256:…`: what task definitions name. */
  reference: string;
}

/**
 * One built image in the stack's repository, found by its tag (`aws ecr describe-images`). It is ours when the
 * repository is. Other images are the repository's content: nothing here deletes them, so this kind is made per
 * image and is not one of those that are searched for what is no longer wanted.
 */
export function imageOf(build: BuiltImage): ResourceKind<Cloud, ImageProps, ImageAttrs> {
  return {
    type: 'chatops::Image',
    idempotent: true,

    async find(cloud, scope) {
      const repositories = owned(
        scope,
        await listRepositories(cloud, scope, async (_cloud, { repositoryName, repositoryUri }) => ({
          repositoryName: repositoryName!,
          repositoryUri: repositoryUri!,
        })),
      );
      const found = await Promise.all(
        repositories.map(async ({ attrs }) => {
          const answer = await unless(
            cloud.ecr.send(
              new DescribeImagesCommand({
                repositoryName: attrs.repositoryName,
                imageIds: [{ imageTag: build.tag }],
              }),
            ),
            'ImageNotFoundException',
            'RepositoryNotFoundException',
          );
          return (answer?.imageDetails ?? []).map(({ imageDigest = '' }) => {
            const reference = `${attrs.repositoryUri}@${imageDigest}`;
            return {
              id: 'image',
              ref: reference,
              attrs: { ...attrs, digest: imageDigest, tag: build.tag, reference },
            };
          });
        }),
      );
      return found.flat();
    },

    // What carries the tag is the content.
    diff: () => [],

    create: (cloud, props, step) => push(cloud, build, props.repositoryName, step),
    update: () => Promise.resolve(),

    async delete(cloud, { repositoryName, digest }) {
      await unless(
        cloud.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] })),
        'RepositoryNotFoundException',
      );
    },
  };
}

/** Pushes a built image into a repository of ECR under its tag (`aws ecr get-authorization-token`, then the registry API). */
export async function push(
  cloud: Cloud,
  build: BuiltImage,
  repository: string,
  step: Pick<Step, 'signal' | 'note'>,
): Promise<void> {
  const { authorizationData } = await cloud.ecr.send(new GetAuthorizationTokenCommand({}));
  const { proxyEndpoint, authorizationToken } = authorizationData![0]!;
  await pushImage(build, {
    registry: proxyEndpoint!,
    repository,
    authorization: `Basic ${authorizationToken}`,
    signal: step.signal,
    note: (text) => step.note(text),
  });
}
