import { parameter, rotationTag } from '../resources/ssm/parameter.ts';
import { block, words } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** Parameters without their values, which are secrets of the stack. */
export const ssm: Mapping[] = [
  mapping(parameter, ({ attrs, name, tags }) => [
    {
      type: 'aws_ssm_parameter',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name', [attrs.arn]: 'arn' },
      comment: 'The value stays what it is in Parameter Store. It is read into the state, as every value is.',
      body: {
        name: attrs.name,
        type: attrs.type,
        value: 'kept in Parameter Store',
        tags: tags({ [rotationTag]: attrs.rotation }),
        lifecycle: block({ ignore_changes: [words('value')] }),
      },
    },
  ]),
];
