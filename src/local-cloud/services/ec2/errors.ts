import { AwsError } from '../../operation.ts';

/** Throws EC2's answer to a call with DryRun that would have succeeded; call it once every check has passed. */
export function dryRun(input: { DryRun?: boolean | undefined }): void {
  if (input.DryRun === true) {
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
}

/** The record with this id, or EC2's malformed or not-found error in its own words. */
export function mustFind<Item>(records: Map<string, Item>, noun: Noun, id: string): Item {
  const found = records.get(id);
  if (found !== undefined) return found;
  const { code, prefix, words } = nouns[noun];
  if (noun === 'natGateway' && id.startsWith('nat-')) {
    throw new AwsError('NatGatewayNotFound', `NAT gateway ${id} was not found`);
  }
  if (!id.startsWith(`${prefix}-`)) {
    throw new AwsError(malformed(code), `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
  throw new AwsError(`${code}.NotFound`, `The ${words} '${id}' does not exist`);
}

/** EC2's refusal to delete what something else still needs. */
export function hasDependencies(words: string, id: string): AwsError {
  return new AwsError('DependencyViolation', `The ${words} '${id}' has dependencies and cannot be deleted.`);
}

/** EC2's refusal of a value, naming the parameter as its messages do. */
export function invalidValue(parameter: string, value: unknown, why: string): AwsError {
  return new AwsError(
    'InvalidParameterValue',
    `Value (${String(value)}) for parameter ${parameter} is invalid. ${why}`,
  );
}

/** EC2's refusal of a call without a parameter that the API model does not mark as required. */
export function missing(parameter: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
}

const nouns = {
  vpc: { code: 'InvalidVpcID', prefix: 'vpc', words: 'vpc ID' },
  subnet: { code: 'InvalidSubnetID', prefix: 'subnet', words: 'subnet ID' },
  internetGateway: { code: 'InvalidInternetGatewayID', prefix: 'igw', words: 'internetGateway ID' },
  routeTable: { code: 'InvalidRouteTableID', prefix: 'rtb', words: 'routeTable ID' },
  association: { code: 'InvalidAssociationID', prefix: 'rtbassoc', words: 'association ID' },
  securityGroup: { code: 'InvalidGroup', prefix: 'sg', words: 'security group' },
  securityGroupRule: {
    code: 'InvalidSecurityGroupRuleId',
    prefix: 'sgr',
    words: 'security group rule ID',
  },
  networkAcl: { code: 'InvalidNetworkAclID', prefix: 'acl', words: 'networkAcl ID' },
  address: { code: 'InvalidAllocationID', prefix: 'eipalloc', words: 'allocation ID' },
  natGateway: { code: 'NatGateway', prefix: 'nat', words: 'NAT gateway' },
  vpcEndpoint: { code: 'InvalidVpcEndpointId', prefix: 'vpce', words: 'Vpc Endpoint Id' },
  networkInterface: { code: 'InvalidNetworkInterfaceID', prefix: 'eni', words: 'networkInterface ID' },
} as const;

/** A kind of resource that has ids of its own. */
export type Noun = keyof typeof nouns;

/** `InvalidGroup.NotFound` has `InvalidGroupId.Malformed` beside it, NAT gateways have no dot; the other nouns keep their spelling. */
function malformed(code: string): string {
  if (code === 'NatGateway') return 'NatGatewayMalformed';
  return code === 'InvalidGroup' ? 'InvalidGroupId.Malformed' : `${code}.Malformed`;
}
