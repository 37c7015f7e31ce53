import { allow, arnsOf, taggedAs, taggingAs } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

const created = [
  'AllocateAddress',
  'CreateInternetGateway',
  'CreateNatGateway',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateVpc',
  'CreateVpcEndpoint',
] as const;

/** What is made out of something that stands asks for a permission on that, too. */
const madeOfOthers = [
  'CreateNatGateway',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateVpcEndpoint',
] as const;

/**
 * The VPC and what is in it: made only with the stack's tag, changed and deleted only where the tag is. EC2 gives
 * its ids itself, so names cannot limit it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
 */
export function networkStatements(input: PolicyInput): Statement[] {
  // The actions say which types, and the tag says whose: naming the types again would double the policy's length.
  const all = arnsOf(input, 'ec2')('*/*');
  return [
    allow('CreateTaggedNetwork', 'ec2', created, all, { StringEquals: taggingAs(input) }),
    allow('CreateInOwnNetwork', 'ec2', madeOfOthers, all, { StringEquals: taggedAs(input) }),
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
        'DeleteNatGateway',
        'DeleteRoute',
        'DeleteRouteTable',
        'DeleteSecurityGroup',
        'DeleteSubnet',
        'DeleteTags',
        'DeleteVpc',
        'DeleteVpcEndpoints',
        'DetachInternetGateway',
        'DisassociateRouteTable',
        'ModifySubnetAttribute',
        'ModifyVpcAttribute',
        'ModifyVpcEndpoint',
        'ReleaseAddress',
        'ReplaceRoute',
        'ReplaceRouteTableAssociation',
        'RevokeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
      ],
      all,
      { StringEquals: taggedAs(input) },
    ),
    ...(input.config.network.endpoints ? [privateDns(input)] : []),
  ];
}

/** An interface endpoint answers under the service’s own name: CreateVpcEndpoint asks for this, too. */
function privateDns({ partition }: PolicyInput): Statement {
  return allow(
    'NameEndpoints',
    'route53',
    ['AssociateVPCWithHostedZone'],
    [`arn:${partition}:route53:::hostedzone/*`],
  );
}
