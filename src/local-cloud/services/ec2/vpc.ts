import type {
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, hasDependencies, invalidValue, missing, mustFind } from './errors.ts';
import { addDefaultNetworkAcl } from './network-acl.ts';
import { addMainRouteTable } from './route-table.ts';
import { addDefaultSecurityGroup } from './security-group.ts';
import { ec2State, newId, type StoredVpc } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const vpcOperations: Operations = {
  CreateVpc,
  DescribeVpcs,
  DeleteVpc,
  ModifyVpcAttribute,
  DescribeVpcAttribute,
};

/** EC2's order: is there a block, is it one, is its size allowed, tags. Born with a main route table, a default group and a default network ACL. */
function CreateVpc(input: CreateVpcRequest, call: Call): CreateVpcResult {
  if (input.CidrBlock === undefined) throw missing('cidrBlock');
  const block = parseCidr(input.CidrBlock);
  if (block === undefined) {
    throw invalidValue('cidrBlock', input.CidrBlock, 'This is not a valid CIDR block.');
  }
  if (block.prefix < 16 || block.prefix > 28) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`);
  }
  const tags = tagsOf(input.TagSpecifications, 'vpc');
  dryRun(input);
  const cidr = formatCidr(block);
  const vpc: StoredVpc = {
    VpcId: newId('vpc'),
    CidrBlock: cidr,
    CidrBlockAssociationSet: [
      {
        AssociationId: newId('vpc-cidr-assoc'),
        CidrBlock: cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: newId('dopt'),
    InstanceTenancy: input.InstanceTenancy ?? 'default',
    Ipv6CidrBlockAssociationSet: [],
    IsDefault: false,
    OwnerId: call.account,
    State: 'available',
    Tags: tags,
    enableDnsSupport: true,
    enableDnsHostnames: false,
    enableNetworkAddressUsageMetrics: false,
  };
  ec2State(call).vpcs.set(vpc.VpcId, vpc);
  addMainRouteTable(call, vpc);
  addDefaultSecurityGroup(call, vpc.VpcId);
  addDefaultNetworkAcl(call, vpc.VpcId);
  return { Vpc: { ...vpc, State: 'pending' } };
}

const fields: FilterFields<StoredVpc> = {
  'vpc-id': ({ VpcId }) => VpcId,
  cidr: ({ CidrBlock }) => CidrBlock,
  'cidr-block-association.cidr-block': ({ CidrBlock }) => CidrBlock,
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': ({ DhcpOptionsId }) => DhcpOptionsId,
  'is-default': ({ IsDefault }) => IsDefault,
  isDefault: ({ IsDefault }) => IsDefault,
  'owner-id': ({ OwnerId }) => OwnerId,
  state: ({ State }) => State,
};

function DescribeVpcs(input: DescribeVpcsRequest, call: Call): DescribeVpcsResult {
  const found = asked(ec2State(call).vpcs, 'vpc', input.VpcIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ Tags }) => Tags);
  return { Vpcs: page, NextToken };
}

/** What came with the VPC goes with it; anything made in it since is a dependency. */
function DeleteVpc(input: DeleteVpcRequest, call: Call): object {
  const state = ec2State(call);
  const { VpcId: id } = mustFind(state.vpcs, 'vpc', input.VpcId ?? '');
  const inVpc = ({ VpcId }: { VpcId: string }) => VpcId === id;
  const tables = [...state.routeTables.values()].filter(inVpc);
  const groups = [...state.securityGroups.values()].filter(inVpc);
  const needed =
    [...state.subnets.values()].some(inVpc) ||
    [...state.networkInterfaces.values()].some(inVpc) ||
    [...state.vpcEndpoints.values()].some(inVpc) ||
    [...state.internetGateways.values()].some(({ Attachments }) =>
      Attachments.some(({ VpcId }) => VpcId === id),
    ) ||
    tables.some(({ Associations }) => !Associations.some(({ Main }) => Main)) ||
    groups.some(({ GroupName }) => GroupName !== 'default');
  if (needed) throw hasDependencies('vpc', id);
  dryRun(input);
  for (const { RouteTableId } of tables) state.routeTables.delete(RouteTableId);
  for (const { GroupId } of groups) {
    state.securityGroups.delete(GroupId);
    for (const [ruleId, rule] of state.securityGroupRules) {
      if (rule.GroupId === GroupId) state.securityGroupRules.delete(ruleId);
    }
  }
  for (const [aclId, acl] of state.networkAcls) {
    if (acl.VpcId === id) state.networkAcls.delete(aclId);
  }
  state.vpcs.delete(id);
  return {};
}

/** AWS takes one attribute per call. */
function ModifyVpcAttribute(input: ModifyVpcAttributeRequest, call: Call): object {
  const vpc = mustFind(ec2State(call).vpcs, 'vpc', input.VpcId ?? '');
  const wanted = {
    enableDnsSupport: input.EnableDnsSupport?.Value,
    enableDnsHostnames: input.EnableDnsHostnames?.Value,
    enableNetworkAddressUsageMetrics: input.EnableNetworkAddressUsageMetrics?.Value,
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw missing('attribute');
  if (given.length > 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      `Fields ${given.map(([name]) => name).join(', ')} cannot be modified in the same request`,
    );
  }
  Object.assign(vpc, Object.fromEntries(given));
  return {};
}

function DescribeVpcAttribute(input: DescribeVpcAttributeRequest, call: Call): DescribeVpcAttributeResult {
  const vpc = mustFind(ec2State(call).vpcs, 'vpc', input.VpcId ?? '');
  dryRun(input);
  switch (input.Attribute) {
    case 'enableDnsSupport':
      return { VpcId: vpc.VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId: vpc.VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
    case 'enableNetworkAddressUsageMetrics':
      return {
        VpcId: vpc.VpcId,
        EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics },
      };
    default:
      throw invalidValue('attribute', input.Attribute, 'Unknown attribute.');
  }
}
