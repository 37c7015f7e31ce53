import { role } from '../resources/iam/role.ts';
import { json, link } from './hcl.ts';
import { mapping, nameOf, type Mapping } from './mapping.ts';

/** Roles with their inline policies and the managed ones that are attached. */
export const iam: Mapping[] = [
  mapping(role, ({ attrs, name, tags }) => [
    {
      type: 'aws_iam_role',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name', [attrs.arn]: 'arn' },
      body: {
        name: attrs.name,
        path: attrs.path,
        description: attrs.description,
        assume_role_policy: json(attrs.trust),
        tags: tags(),
      },
    },
    ...Object.entries(attrs.inlinePolicies).map(([policy, document]) => ({
      type: 'aws_iam_role_policy',
      name: nameOf(name, policy),
      importId: `${attrs.name}:${policy}`,
      body: { name: policy, role: link(attrs.name, 'aws_iam_role'), policy: json(document) },
    })),
    ...attrs.managedPolicies.map((arn) => ({
      type: 'aws_iam_role_policy_attachment',
      name: nameOf(name, arn.split('/').at(-1)!),
      importId: `${attrs.name}/${arn}`,
      body: { role: link(attrs.name, 'aws_iam_role'), policy_arn: arn },
    })),
  ]),
];
