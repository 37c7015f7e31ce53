import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, mustFind } from './errors.ts';
import { addRule, identityOf, ruleBodiesOf, rulesOf, wordsOf } from './security-group-permission.ts';
import { ec2State, type StoredRule } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const securityGroupRuleOperations: Operations = {
  AuthorizeSecurityGroupIngress: (input: AuthorizeSecurityGroupIngressRequest, call) =>
    authorize(input, call, false),
  AuthorizeSecurityGroupEgress: (input: AuthorizeSecurityGroupEgressRequest, call) =>
    authorize(input, call, true),
  RevokeSecurityGroupIngress: (input: RevokeSecurityGroupIngressRequest, call) => revoke(input, call, false),
  RevokeSecurityGroupEgress: (input: RevokeSecurityGroupEgressRequest, call) => revoke(input, call, true),
  UpdateSecurityGroupRuleDescriptionsIngress: (input, call) => describeAnew(input, call, false),
  UpdateSecurityGroupRuleDescriptionsEgress: (input, call) => describeAnew(input, call, true),
  DescribeSecurityGroupRules,
};

const perDirection = 60;

/** EC2's order: group, permissions, doubles within the call, doubles with what is there, quota. All rules or none. */
function authorize(
  input: AuthorizeSecurityGroupIngressRequest,
  call: Call,
  egress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const group = mustFind(ec2State(call).securityGroups, 'securityGroup', input.GroupId ?? '');
  const bodies = ruleBodiesOf(call, group, permissionsIn(input));
  if (new Set(bodies.map(identityOf)).size < bodies.length) {
    throw new AwsError('InvalidParameterValue', 'The same permission must not appear multiple times');
  }
  const standing = rulesOf(call, group.GroupId, egress);
  const known = new Set(standing.map(identityOf));
  const double = bodies.find((body) => known.has(identityOf(body)));
  if (double !== undefined) {
    throw new AwsError(
      'InvalidPermission.Duplicate',
      `the specified rule "${wordsOf(double)}" already exists`,
    );
  }
  if (standing.length + bodies.length > perDirection) {
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
  const tags = tagsOf(input.TagSpecifications, 'security-group-rule');
  dryRun(input);
  const made = bodies.map((body) => addRule(call, group.GroupId, egress, body, [...tags]));
  return { Return: true, SecurityGroupRules: made };
}

/** By rule id or by permission; the description of a permission is not compared. All rules or none. */
function revoke(
  input: RevokeSecurityGroupIngressRequest,
  call: Call,
  egress: boolean,
): RevokeSecurityGroupIngressResult {
  const group = mustFind(ec2State(call).securityGroups, 'securityGroup', input.GroupId ?? '');
  const standing = rulesOf(call, group.GroupId, egress);
  const byId = new Map(standing.map((rule) => [rule.SecurityGroupRuleId, rule]));
  const ids = input.SecurityGroupRuleIds ?? [];
  const revoked =
    ids.length > 0
      ? ids.map((id) => mustFind(byId, 'securityGroupRule', id))
      : ruleBodiesOf(call, group, permissionsIn(input)).map((body) => mustStand(standing, identityOf(body)));
  dryRun(input);
  for (const { SecurityGroupRuleId } of revoked) {
    ec2State(call).securityGroupRules.delete(SecurityGroupRuleId);
  }
  return {
    Return: true,
    RevokedSecurityGroupRules: revoked.map(({ ReferencedGroupInfo, ...rule }) => ({
      ...rule,
      ReferencedGroupId: ReferencedGroupInfo?.GroupId,
    })),
  };
}

/** A permission without a description takes the old one away. */
function describeAnew(
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
  call: Call,
  egress: boolean,
): UpdateSecurityGroupRuleDescriptionsIngressResult {
  const group = mustFind(ec2State(call).securityGroups, 'securityGroup', input.GroupId ?? '');
  const standing = rulesOf(call, group.GroupId, egress);
  const byId = new Map(standing.map((rule) => [rule.SecurityGroupRuleId, rule]));
  const ids = input.SecurityGroupRuleDescriptions ?? [];
  const changes =
    ids.length > 0
      ? ids.map(({ SecurityGroupRuleId = '', Description }) => ({
          rule: mustFind(byId, 'securityGroupRule', SecurityGroupRuleId),
          Description,
        }))
      : ruleBodiesOf(call, group, input.IpPermissions).map((body) => ({
          rule: mustStand(standing, identityOf(body)),
          Description: body.Description,
        }));
  dryRun(input);
  for (const { rule, Description } of changes) rule.Description = Description;
  return { Return: true };
}

const fields: FilterFields<StoredRule> = {
  'group-id': ({ GroupId }) => GroupId,
  'security-group-rule-id': ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
};

function DescribeSecurityGroupRules(
  input: DescribeSecurityGroupRulesRequest,
  call: Call,
): DescribeSecurityGroupRulesResult {
  const found = asked(ec2State(call).securityGroupRules, 'securityGroupRule', input.SecurityGroupRuleIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ Tags }) => Tags);
  return { SecurityGroupRules: page, NextToken };
}

/** A call may spell one permission with plain parameters in place of a list. */
function permissionsIn(input: AuthorizeSecurityGroupIngressRequest): IpPermission[] | undefined {
  if (input.CidrIp === undefined) return input.IpPermissions;
  const { IpProtocol, FromPort, ToPort, CidrIp } = input;
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
}

function mustStand(standing: StoredRule[], identity: string): StoredRule {
  const found = standing.find((rule) => identityOf(rule) === identity);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidPermission.NotFound',
    'The specified rule does not exist in this security group.',
  );
}
