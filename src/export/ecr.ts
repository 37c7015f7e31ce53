import { repository } from '../resources/ecr/repository.ts';
import { block, json, link } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** The repository and its lifecycle policy; images stay in it. */
export const ecr: Mapping[] = [
  mapping(repository, ({ attrs, name, tags }) => [
    {
      type: 'aws_ecr_repository',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name' },
      body: {
        name: attrs.name,
        image_tag_mutability: attrs.tagMutability,
        image_scanning_configuration: block({ scan_on_push: attrs.scanOnPush }),
        tags: tags(),
      },
    },
    ...(attrs.lifecyclePolicy === undefined
      ? []
      : [
          {
            type: 'aws_ecr_lifecycle_policy',
            name,
            importId: attrs.name,
            body: { repository: link(attrs.name, 'aws_ecr_repository'), policy: json(attrs.lifecyclePolicy) },
          },
        ]),
  ]),
];
