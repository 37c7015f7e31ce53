import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  paginateListRoles,
  paginateListRoleTags,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  type Role,
  type Tag,
} from '@aws-sdk/client-iam';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, compareRecord, compareSet, setDifference, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { collect } from '../shared/pages.ts';
import { owned, tagList } from '../shared/tags.ts';

interface RoleProps {
  name: string;
  path: string;
  description: string;
  /** Who may assume it: a policy document. */
  trust: object;
  /** ARNs of the managed policies: all that are attached, no others. */
  managedPolicies: string[];
  /** Policy documents by name: all inline policies, no others. */
  inlinePolicies: Record<string, object>;
}

interface RoleAttrs extends RoleProps {
  arn: string;
}

/** An IAM role with its policies as whole sets (`aws iam list-roles --path-prefix`, `get-role-policy`). */
export const role: ResourceKind<Cloud, RoleProps, RoleAttrs> = {
  type: 'AWS::IAM::Role',
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateListRoles({ client: cloud.iam }, { PathPrefix: `/chatops/${scope.hash}/` });
    const roles = await collect(pages, (page) => page.Roles);
    return owned(
      scope,
      await Promise.all(
        roles.map(async (one) => {
          const [tags, attrs] = await Promise.all([tagsOf(cloud, one.RoleName!), attrsOf(cloud, one)]);
          return { tags, ref: one.RoleName!, attrs };
        }),
      ),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, {
      name: 'replace',
      path: 'replace',
      description: 'update',
      trust: 'update',
    }),
    ...compareSet('managedPolicies', current.managedPolicies, desired.managedPolicies),
    ...compareRecord('inlinePolicies', current.inlinePolicies, desired.inlinePolicies),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `role ${props.name}`,
      taken: ['EntityAlreadyExistsException'],
      find: () => role.find(cloud, step.scope),
      async create() {
        await cloud.iam.send(
          new CreateRoleCommand({
            RoleName: props.name,
            Path: props.path,
            Description: props.description,
            AssumeRolePolicyDocument: JSON.stringify(props.trust),
            Tags: tagList(step.tags),
          }),
        );
        await reconcilePolicies(cloud, props, { managedPolicies: [], inlinePolicies: {} });
      },
    });
  },

  async update(cloud, props, current, changes) {
    const RoleName = props.name;
    if (touches(changes, 'description')) {
      await cloud.iam.send(new UpdateRoleCommand({ RoleName, Description: props.description }));
    }
    if (touches(changes, 'trust')) {
      await cloud.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(props.trust) }),
      );
    }
    await reconcilePolicies(cloud, props, current);
  },

  async tag(cloud, { name: RoleName }, { set, remove }) {
    if (Object.keys(set).length > 0) {
      await cloud.iam.send(new TagRoleCommand({ RoleName, Tags: tagList(set) }));
    }
    if (remove.length > 0) await cloud.iam.send(new UntagRoleCommand({ RoleName, TagKeys: remove }));
  },

  async delete(cloud, current) {
    // A role can only be deleted when it has no policies left.
    await reconcilePolicies(cloud, { name: current.name, managedPolicies: [], inlinePolicies: {} }, current);
    await unless(cloud.iam.send(new DeleteRoleCommand({ RoleName: current.name })), 'NoSuchEntityException');
  },
};

type Policies = Pick<RoleProps, 'managedPolicies' | 'inlinePolicies'>;

async function tagsOf(cloud: Cloud, RoleName: string): Promise<Tag[] | undefined> {
  const pages = paginateListRoleTags({ client: cloud.iam }, { RoleName });
  return unless(
    collect(pages, (page) => page.Tags),
    'NoSuchEntityException',
  );
}

async function attrsOf(cloud: Cloud, one: Role): Promise<RoleAttrs> {
  const RoleName = one.RoleName!;
  const [attached, inline] = await Promise.all([
    unless(
      collect(
        paginateListAttachedRolePolicies({ client: cloud.iam }, { RoleName }),
        (page) => page.AttachedPolicies,
      ),
      'NoSuchEntityException',
    ),
    inlinePoliciesOf(cloud, RoleName),
  ]);
  return {
    name: RoleName,
    arn: one.Arn!,
    path: one.Path!,
    description: one.Description ?? '',
    trust: documentFrom(one.AssumeRolePolicyDocument),
    managedPolicies: (attached ?? []).map(({ PolicyArn }) => PolicyArn!),
    inlinePolicies: inline,
  };
}

async function inlinePoliciesOf(cloud: Cloud, RoleName: string): Promise<Record<string, object>> {
  const names = await unless(
    collect(paginateListRolePolicies({ client: cloud.iam }, { RoleName }), (page) => page.PolicyNames),
    'NoSuchEntityException',
  );
  const documents = await Promise.all(
    (names ?? []).map(async (PolicyName) => {
      const answer = await unless(
        cloud.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
        'NoSuchEntityException',
      );
      return [PolicyName, documentFrom(answer?.PolicyDocument)] as const;
    }),
  );
  return Object.fromEntries(documents);
}

/** IAM hands its documents out url-encoded. */
function documentFrom(text = '{}'): object {
  return JSON.parse(decodeURIComponent(text)) as object;
}

async function reconcilePolicies(
  cloud: Cloud,
  desired: Policies & Pick<RoleProps, 'name'>,
  current: Policies,
): Promise<void> {
  const RoleName = desired.name;
  const managed = setDifference(current.managedPolicies, desired.managedPolicies);
  const inline = setDifference(
    Object.entries(current.inlinePolicies),
    Object.entries(desired.inlinePolicies),
  );
  const surplus = inline.removed.filter(([name]) => !(name in desired.inlinePolicies));
  await Promise.all([
    ...managed.added.map((PolicyArn) => cloud.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))),
    ...inline.added.map(([PolicyName, document]) =>
      cloud.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }),
      ),
    ),
  ]);
  await Promise.all([
    ...managed.removed.map((PolicyArn) =>
      unless(cloud.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })), 'NoSuchEntityException'),
    ),
    ...surplus.map(([PolicyName]) =>
      unless(cloud.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })), 'NoSuchEntityException'),
    ),
  ]);
}
