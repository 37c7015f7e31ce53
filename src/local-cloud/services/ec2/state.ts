import { randomBytes } from 'node:crypto';
import type {
  Address,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { store, type LocalCloud } from '../../cloud.ts';
import type { NetworkInterface } from './network-interface.ts';
import { settle } from './settle.ts';
import type { EndpointPlaces } from './vpc-endpoint-checks.ts';

/** A record of the SDK's shape in which the named members are always there. */
export type Stored<Shape, Members extends keyof Shape> = Shape & { [M in Members]-?: NonNullable<Shape[M]> };

export type StoredVpc = Stored<Vpc, 'VpcId' | 'CidrBlock' | 'Tags'> & {
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  enableNetworkAddressUsageMetrics: boolean;
};
export type StoredSubnet = Stored<
  Subnet,
  'SubnetId' | 'SubnetArn' | 'VpcId' | 'CidrBlock' | 'AvailabilityZone' | 'AvailabilityZoneId' | 'Tags'
> & {
  /** How far into its range private addresses have been handed out. */
  addressesGiven: number;
};
export type StoredInternetGateway = Stored<InternetGateway, 'InternetGatewayId' | 'Attachments' | 'Tags'>;
export type StoredRouteTable = Stored<
  RouteTable,
  'RouteTableId' | 'VpcId' | 'Routes' | 'Associations' | 'Tags'
>;
export type StoredSecurityGroup = Stored<
  SecurityGroup,
  'GroupId' | 'GroupName' | 'VpcId' | 'SecurityGroupArn' | 'Description' | 'Tags'
>;
export type StoredRule = Stored<
  SecurityGroupRule,
  'SecurityGroupRuleId' | 'GroupId' | 'IsEgress' | 'IpProtocol' | 'FromPort' | 'ToPort' | 'Tags'
>;
export type StoredNetworkAcl = Stored<NetworkAcl, 'NetworkAclId' | 'VpcId' | 'Associations' | 'Tags'>;
export type StoredAddress = Stored<Address, 'AllocationId' | 'PublicIp' | 'Tags'>;

/** When something becomes available and is gone, in milliseconds since 1970, and the token of the call that made it. */
interface Lifetime {
  availableAt: number;
  deletedAt?: number;
  clientToken: string | undefined;
}

export type StoredNatGateway = Stored<
  NatGateway,
  'NatGatewayId' | 'SubnetId' | 'VpcId' | 'NatGatewayAddresses' | 'Tags'
> & { State: 'pending' | 'available' | 'failed' | 'deleting' | 'deleted' } & Lifetime;
export type StoredVpcEndpoint = Omit<
  Stored<VpcEndpoint, 'VpcEndpointId' | 'VpcEndpointType' | 'VpcId' | 'ServiceName' | 'Tags'>,
  'State'
> &
  EndpointPlaces & {
    /** EC2 answers in lower case, whatever its model says. */
    State: 'pending' | 'available' | 'deleting';
    /** Network interface id by subnet id. */
    interfaces: Record<string, string>;
  } & Lifetime;

/** All of EC2 in one region, by id. A security group's permissions are its rules, gathered on reading. */
export interface Ec2State {
  vpcs: Map<string, StoredVpc>;
  subnets: Map<string, StoredSubnet>;
  internetGateways: Map<string, StoredInternetGateway>;
  routeTables: Map<string, StoredRouteTable>;
  securityGroups: Map<string, StoredSecurityGroup>;
  securityGroupRules: Map<string, StoredRule>;
  networkAcls: Map<string, StoredNetworkAcl>;
  networkInterfaces: Map<string, NetworkInterface>;
  addresses: Map<string, StoredAddress>;
  natGateways: Map<string, StoredNatGateway>;
  vpcEndpoints: Map<string, StoredVpcEndpoint>;
}

const stored = store<Ec2State>('ec2', () => ({
  vpcs: new Map(),
  subnets: new Map(),
  internetGateways: new Map(),
  routeTables: new Map(),
  securityGroups: new Map(),
  securityGroupRules: new Map(),
  networkAcls: new Map(),
  networkInterfaces: new Map(),
  addresses: new Map(),
  natGateways: new Map(),
  vpcEndpoints: new Map(),
}));

/** EC2's state in the region of a call, as it is by now. */
export function ec2State(place: { cloud: LocalCloud; region: string }): Ec2State {
  const state = stored(place);
  settle(state, place.cloud.clock.now());
  return state;
}

/** A fresh id as EC2 gives them: the prefix and 17 hex digits, `vpc-0a1b2c3d4e5f67890`. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}
