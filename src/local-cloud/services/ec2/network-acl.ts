import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult } from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun } from './errors.ts';
import { ec2State, newId, type StoredNetworkAcl } from './state.ts';

/** Gives a new VPC its default network ACL, which lets everything through in both directions. */
export function addDefaultNetworkAcl(call: Call, vpcId: string): void {
  const id = newId('acl');
  const both = [true, false];
  ec2State(call).networkAcls.set(id, {
    NetworkAclId: id,
    VpcId: vpcId,
    IsDefault: true,
    OwnerId: call.account,
    Associations: [],
    Entries: both.flatMap((egress) => [
      { CidrBlock: '0.0.0.0/0', Egress: egress, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress: egress, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32767 },
    ]),
    Tags: [],
  });
}

/** Puts a new subnet under its VPC's default network ACL. */
export function coverSubnet(call: Call, vpcId: string, subnetId: string): void {
  for (const acl of ec2State(call).networkAcls.values()) {
    if (acl.VpcId !== vpcId) continue;
    acl.Associations.push({
      NetworkAclAssociationId: newId('aclassoc'),
      NetworkAclId: acl.NetworkAclId,
      SubnetId: subnetId,
    });
  }
}

/** Takes a deleted subnet out of its network ACL. */
export function uncoverSubnet(call: Call, subnetId: string): void {
  for (const acl of ec2State(call).networkAcls.values()) {
    acl.Associations = acl.Associations.filter(({ SubnetId }) => SubnetId !== subnetId);
  }
}

export const networkAclOperations: Operations = { DescribeNetworkAcls };

const fields: FilterFields<StoredNetworkAcl> = {
  'network-acl-id': ({ NetworkAclId }) => NetworkAclId,
  'vpc-id': ({ VpcId }) => VpcId,
  'association.subnet-id': ({ Associations }) => Associations.map(({ SubnetId }) => SubnetId),
  'owner-id': ({ OwnerId }) => OwnerId,
  default: ({ IsDefault }) => IsDefault,
};

function DescribeNetworkAcls(input: DescribeNetworkAclsRequest, call: Call): DescribeNetworkAclsResult {
  const found = asked(ec2State(call).networkAcls, 'networkAcl', input.NetworkAclIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ Tags }) => Tags);
  return { NetworkAcls: page, NextToken };
}
