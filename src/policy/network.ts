import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

const created = [
  'CreateInternetGateway',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateVpc',
] as const;

/**
 * The VPC and what is in it: made only with the stack's tag, changed and deleted only where the tag is. EC2 gives
 * its ids itself, so names cannot limit it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
 */
export function networkStatements(input: PolicyInput): Statement[] {
  const arns = arnsOf(input, 'ec2');
  const all = arns('internet-gateway/*', 'route-table/*', 'security-group/*', 'subnet/*', 'vpc/*');
  return [
    allow('CreateTaggedNetwork', 'ec2', created, all, { StringEquals: taggingAs(input) }),
    // What is made inside a VPC asks for a permission on the VPC too.
    allow(
      'CreateInsideOwnVpc',
      'ec2',
      created.filter((action) => !['CreateVpc', 'CreateInternetGateway'].includes(action)),
      arns('vpc/*'),
      { StringEquals: taggedAs(input) },
    ),
    allow('TagNewNetwork', 'ec2', ['CreateTags'], all, {
      StringEquals: { 'ec2:CreateAction': [...created], ...taggingAs(input) },
    }),
    allow(
      'ChangeOwnNetwork',
      'ec2',
      [
        'AssociateRouteTable',
        'AttachInternetGateway',
        'AuthorizeSecurityGroupEgress',
        'AuthorizeSecurityGroupIngress',
        'CreateRoute',
        'CreateTags',
        'DeleteInternetGateway',
        'DeleteRoute',
        'DeleteRouteTable',
        'DeleteSecurityGroup',
        'DeleteSubnet',
        'DeleteTags',
        'DeleteVpc',
        'DetachInternetGateway',
        'DisassociateRouteTable',
        'ModifySubnetAttribute',
        'ModifyVpcAttribute',
        'ReplaceRoute',
        'ReplaceRouteTableAssociation',
        'RevokeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
      ],
      all,
      { StringEquals: taggedAs(input) },
    ),
  ];
}
