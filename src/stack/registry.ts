import { resource } from '../engine/resource.ts';
import { imageOf } from '../resources/ecr/image.ts';
import { repository } from '../resources/ecr/repository.ts';
import type { StackInput } from './input.ts';

/** Where the stack's images are, and the image that was built just now, if one was. */
export function registryOf({ config, image, names }: StackInput) {
  const images = resource({
    id: 'repository',
    kind: repository,
    needs: {},
    props: () => ({
      name: names.repository,
      tagMutability:
        config.service.imageTagMutability === 'mutable' ? ('MUTABLE' as const) : ('IMMUTABLE' as const),
      scanOnPush: true,
      lifecyclePolicy,
    }),
  });
  if (!('build' in image)) return { images, built: undefined };
  const { tag } = image.build;
  const built = resource({
    id: 'image',
    kind: imageOf(image.build),
    needs: { images },
    props: (needs) => ({
      repositoryName: needs.images.name,
      repositoryUri: needs.images.repositoryUri,
      tag,
    }),
  });
  return { images, built };
}

export type Registry = ReturnType<typeof registryOf>;

/** ECR takes rules by priority, and one that counts every image must come last. */
const lifecyclePolicy = {
  rules: [
    {
      rulePriority: 1,
      description: 'untagged images go after 7 days',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'the last 50 images stay',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 50 },
      action: { type: 'expire' },
    },
  ],
};
