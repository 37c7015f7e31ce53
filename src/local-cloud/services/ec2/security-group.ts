import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  Tag,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, invalidValue, missing, mustFind } from './errors.ts';
import { addRule, permissionsOf, rulesOf } from './security-group-permission.ts';
import { ec2State, newId, type StoredRule, type StoredSecurityGroup } from './state.ts';
import { tagsOf } from './tag-specification.ts';

/** Gives a new VPC the group of everything that names none: its members reach one another and the world. */
export function addDefaultSecurityGroup(call: Call, vpcId: string): void {
  const { GroupId } = add(call, vpcId, 'default', 'default VPC security group', []);
  addRule(call, GroupId, false, {
    IpProtocol: '-1',
    FromPort: -1,
    ToPort: -1,
    ReferencedGroupInfo: { GroupId, UserId: call.account },
  });
}

export const securityGroupOperations: Operations = {
  CreateSecurityGroup,
  DescribeSecurityGroups,
  DeleteSecurityGroup,
};

/** EC2's order: name and description, VPC, is the name taken in it, tags. A new group lets everything out. */
function CreateSecurityGroup(input: CreateSecurityGroupRequest, call: Call): CreateSecurityGroupResult {
  const name = input.GroupName ?? '';
  const description = input.Description ?? '';
  mustBeName(name);
  mustBeText('GroupDescription', description);
  if (input.VpcId === undefined) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  }
  const { VpcId } = mustFind(ec2State(call).vpcs, 'vpc', input.VpcId);
  const taken = [...ec2State(call).securityGroups.values()].some(
    (group) => group.VpcId === VpcId && group.GroupName === name,
  );
  if (taken) {
    throw new AwsError(
      'InvalidGroup.Duplicate',
      `The security group '${name}' already exists for VPC '${VpcId}'`,
    );
  }
  const tags = tagsOf(input.TagSpecifications, 'security-group');
  dryRun(input);
  const group = add(call, VpcId, name, description, tags);
  return { GroupId: group.GroupId, SecurityGroupArn: group.SecurityGroupArn, Tags: tags };
}

/** A group with the rules that its filters look at. */
interface Ruled {
  group: StoredSecurityGroup;
  ingress: StoredRule[];
  egress: StoredRule[];
}

const fields: FilterFields<Ruled> = {
  'group-id': ({ group }) => group.GroupId,
  'group-name': ({ group }) => group.GroupName,
  'vpc-id': ({ group }) => group.VpcId,
  'owner-id': ({ group }) => group.OwnerId,
  description: ({ group }) => group.Description,
  ...ruleFields('ip-permission', ({ ingress }) => ingress),
  ...ruleFields('egress.ip-permission', ({ egress }) => egress),
};

function DescribeSecurityGroups(
  input: DescribeSecurityGroupsRequest,
  call: Call,
): DescribeSecurityGroupsResult {
  const named = asked(ec2State(call).securityGroups, 'securityGroup', input.GroupIds);
  const names = input.GroupNames ?? [];
  for (const name of names) {
    if (!named.some(({ GroupName }) => GroupName === name)) {
      throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist`);
    }
  }
  dryRun(input);
  const found = named
    .filter(({ GroupName }) => names.length === 0 || names.includes(GroupName))
    .map((group) => ({
      group,
      ingress: rulesOf(call, group.GroupId, false),
      egress: rulesOf(call, group.GroupId, true),
    }));
  const { page, NextToken } = select(found, input, fields, ({ group }) => group.Tags);
  const SecurityGroups = page.map(({ group, ingress, egress }) => ({
    ...group,
    IpPermissions: permissionsOf(ingress),
    IpPermissionsEgress: permissionsOf(egress),
  }));
  return { SecurityGroups, NextToken };
}

/** EC2's order: is it there, is it a default group, do network interfaces or rules of other groups use it. */
function DeleteSecurityGroup(input: DeleteSecurityGroupRequest, call: Call): DeleteSecurityGroupResult {
  const state = ec2State(call);
  const { GroupId: id, GroupName } = mustFind(state.securityGroups, 'securityGroup', input.GroupId ?? '');
  if (GroupName === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${id}" name: "default" cannot be deleted by a user`,
    );
  }
  const used =
    [...state.networkInterfaces.values()].some(({ Groups }) =>
      Groups.some(({ GroupId }) => GroupId === id),
    ) ||
    [...state.securityGroupRules.values()].some(
      ({ GroupId, ReferencedGroupInfo }) => GroupId !== id && ReferencedGroupInfo?.GroupId === id,
    );
  if (used) throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
  dryRun(input);
  for (const [ruleId, rule] of state.securityGroupRules) {
    if (rule.GroupId === id) state.securityGroupRules.delete(ruleId);
  }
  state.securityGroups.delete(id);
  return { Return: true, GroupId: id };
}

function add(call: Call, vpcId: string, name: string, description: string, tags: Tag[]): StoredSecurityGroup {
  const id = newId('sg');
  const group: StoredSecurityGroup = {
    GroupId: id,
    GroupName: name,
    Description: description,
    VpcId: vpcId,
    OwnerId: call.account,
    SecurityGroupArn: `arn:aws:ec2:${call.region}:${call.account}:security-group/${id}`,
    Tags: tags,
  };
  ec2State(call).securityGroups.set(id, group);
  addRule(call, id, true, { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' });
  return group;
}

function mustBeName(name: string): void {
  mustBeText('GroupName', name);
  if (name.startsWith('sg-')) {
    throw invalidValue('GroupName', name, 'Group names may not be in the format sg-*.');
  }
  if (name === 'default') {
    throw new AwsError('InvalidParameterValue', 'Cannot use reserved security group name: default');
  }
}

function mustBeText(parameter: string, text: string): void {
  if (text === '') throw missing(parameter);
  if (text.length > 255) throw invalidValue(parameter, text, 'It exceeds 255 characters.');
  if (!/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/.test(text)) {
    throw invalidValue(parameter, text, 'Character sets beyond ASCII are not supported.');
  }
}

function ruleFields(prefix: string, rules: (ruled: Ruled) => StoredRule[]): FilterFields<Ruled> {
  return {
    [`${prefix}.protocol`]: (ruled) => rules(ruled).map(({ IpProtocol }) => IpProtocol),
    [`${prefix}.from-port`]: (ruled) => rules(ruled).map(({ FromPort }) => String(FromPort)),
    [`${prefix}.to-port`]: (ruled) => rules(ruled).map(({ ToPort }) => String(ToPort)),
    [`${prefix}.cidr`]: (ruled) => rules(ruled).map(({ CidrIpv4 }) => CidrIpv4),
    [`${prefix}.group-id`]: (ruled) =>
      rules(ruled).map(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId),
  };
}
