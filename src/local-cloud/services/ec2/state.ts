import { randomBytes } from 'node:crypto';
import type {
  InternetGateway,
  NetworkAcl,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import { store } from '../../cloud.ts';
import type { NetworkInterface } from './network-interface.ts';

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
}

/** EC2's state in the region of a call. */
export const ec2State = store<Ec2State>('ec2', () => ({
  vpcs: new Map(),
  subnets: new Map(),
  internetGateways: new Map(),
  routeTables: new Map(),
  securityGroups: new Map(),
  securityGroupRules: new Map(),
  networkAcls: new Map(),
  networkInterfaces: new Map(),
}));

/** A fresh id as EC2 gives them: the prefix and 17 hex digits, `vpc-0a1b2c3d4e5f67890`. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}
