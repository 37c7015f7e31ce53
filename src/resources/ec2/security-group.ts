import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind, Scope } from '../../engine/resource.ts';
import { compareFields, compareSet, setDifference } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { permissionOf, rulesFrom, type SecurityGroupRule } from './security-group-rule.ts';
import { retag } from './tags.ts';

interface SecurityGroupProps {
  name: string;
  description: string;
  vpcId: string;
  /** Who may come in: all of the rules, no others. */
  ingress: SecurityGroupRule[];
  /** Who may be reached: all of the rules, no others. */
  egress: SecurityGroupRule[];
}

interface SecurityGroupAttrs extends SecurityGroupProps {
  groupId: string;
}

/** A security group with its rules as a whole set (`aws ec2 describe-security-groups`). */
export const securityGroup: ResourceKind<Cloud, SecurityGroupProps, SecurityGroupAttrs> = {
  type: 'AWS::EC2::SecurityGroup',
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateDescribeSecurityGroups({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const groups = await collect(pages, (page) => page.SecurityGroups);
    return owned(
      scope,
      groups.map((group) => ({ tags: group.Tags, ref: group.GroupId!, attrs: attrsOf(group) })),
    );
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', description: 'replace', vpcId: 'replace' }),
    ...compareSet('ingress', current.ingress, desired.ingress),
    ...compareSet('egress', current.egress, desired.egress),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `security group ${props.name}`,
      taken: ['InvalidGroup.Duplicate'],
      find: () => securityGroup.find(cloud, step.scope),
      async create() {
        const { GroupId } = await cloud.ec2.send(
          new CreateSecurityGroupCommand({
            GroupName: props.name,
            Description: props.description,
            VpcId: props.vpcId,
            TagSpecifications: tagSpecifications('security-group', step.tags),
          }),
        );
        await reconcile(cloud, { groupId: GroupId!, ingress: [], egress: [everything] }, props);
      },
    });
  },

  async update(cloud, props, current) {
    await reconcile(cloud, current, props);
  },

  tag: (cloud, { groupId }, change) => retag(cloud, groupId, change),

  async delete(cloud, { groupId }, step) {
    await revokeRulesThatPointAt(cloud, groupId, step.scope);
    await unless(
      cloud.ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId })),
      'InvalidGroup.NotFound',
    );
  },
};

/** The rule that EC2 gives each new group by itself. */
const everything: SecurityGroupRule = { protocol: '-1', peer: '0.0.0.0/0' };

type Rules = Pick<SecurityGroupAttrs, 'groupId' | 'ingress' | 'egress'>;

function attrsOf(group: SecurityGroup): SecurityGroupAttrs {
  return {
    groupId: group.GroupId!,
    name: group.GroupName!,
    description: group.Description!,
    vpcId: group.VpcId!,
    ingress: rulesFrom(group.IpPermissions),
    egress: rulesFrom(group.IpPermissionsEgress),
  };
}

async function reconcile(
  cloud: Cloud,
  current: Rules,
  desired: Pick<Rules, 'ingress' | 'egress'>,
): Promise<void> {
  const GroupId = current.groupId;
  const ingress = setDifference(current.ingress, desired.ingress);
  const egress = setDifference(current.egress, desired.egress);
  // What is wanted is opened before what is not wanted is closed, so that nobody is cut off in between.
  if (ingress.added.length > 0) {
    await unless(
      cloud.ec2.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress.added.map(permissionOf) }),
      ),
      'InvalidPermission.Duplicate',
    );
  }
  if (egress.added.length > 0) {
    await unless(
      cloud.ec2.send(
        new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress.added.map(permissionOf) }),
      ),
      'InvalidPermission.Duplicate',
    );
  }
  await revoke(cloud, { groupId: GroupId, ingress: ingress.removed, egress: egress.removed });
}

async function revoke(cloud: Cloud, { groupId: GroupId, ingress, egress }: Rules): Promise<void> {
  if (ingress.length > 0) {
    await unless(
      cloud.ec2.send(
        new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress.map(permissionOf) }),
      ),
      'InvalidPermission.NotFound',
    );
  }
  if (egress.length > 0) {
    await unless(
      cloud.ec2.send(
        new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress.map(permissionOf) }),
      ),
      'InvalidPermission.NotFound',
    );
  }
}

/** A group that a rule of another group names cannot be deleted, and two may name each other. Groups of others are left alone. */
async function revokeRulesThatPointAt(cloud: Cloud, groupId: string, scope: Scope): Promise<void> {
  const pointing = (rule: SecurityGroupRule) => rule.peer === groupId;
  for (const { attrs } of await securityGroup.find(cloud, scope)) {
    const [ingress, egress] = [attrs.ingress.filter(pointing), attrs.egress.filter(pointing)];
    await revoke(cloud, { groupId: attrs.groupId, ingress, egress });
  }
}
