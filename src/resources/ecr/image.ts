import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind, Step } from '../../engine/resource.ts';
import type { BuiltImage } from '../../image/image.ts';
import { pushImage } from '../../image/push.ts';
import { compare } from '../shared/compare.ts';
import { unless } from '../shared/errors.ts';
import { owned } from '../shared/tags.ts';
import { listRepositories } from './repository.ts';

interface ImageProps {
  repositoryName: string;
  repositoryUri: string;
  digest: string;
  tag: string;
}

interface ImageAttrs extends ImageProps {
  /** `<repository uri>@sha256:…`: what task definitions name. */
  reference: string;
}

/**
 * One built image in the stack's repository, found by its digest (`aws ecr describe-images`). It is ours when the
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
                imageIds: [{ imageDigest: build.digest }],
              }),
            ),
            'ImageNotFoundException',
            'RepositoryNotFoundException',
          );
          return (answer?.imageDetails ?? []).map(({ imageTags = [] }) => {
            const tag = imageTags.includes(build.tag) ? build.tag : (imageTags[0] ?? '');
            const reference = `${attrs.repositoryUri}@${build.digest}`;
            return { id: 'image', ref: reference, attrs: { ...attrs, digest: build.digest, tag, reference } };
          });
        }),
      );
      return found.flat();
    },

    // Pushed again, it gets its tag back.
    diff: (desired, current) => compare('tag', current.tag, desired.tag),

    create: (cloud, props, step) => push(cloud, build, props.repositoryName, step),
    update: (cloud, props, _current, _changes, step) => push(cloud, build, props.repositoryName, step),

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
