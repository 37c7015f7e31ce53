import type {
  AvailabilityZone,
  SetSecurityGroupsInput,
  SetSecurityGroupsOutput,
  SetSubnetsInput,
  SetSubnetsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { parseCidr } from '../ec2/cidr.ts';
import { createNetworkInterface, deleteNetworkInterface } from '../ec2/network-interface.ts';
import { ec2State, type StoredSubnet } from '../ec2/state.ts';
import { invalidConfiguration, mustFindLoadBalancer, validationError } from './errors.ts';
import { elbv2State, type StoredLoadBalancer } from './state.ts';

/**
 * The subnets of a load balancer. ELBv2's order: do they exist, are they of one VPC, in two zones at least and one per
 * zone, big enough, and, for an internet-facing load balancer, is the Internet reachable. Throws SubnetNotFound,
 * InvalidSubnet, ValidationError, InvalidConfigurationRequest.
 */
export function checkedSubnets(call: Call, ids: string[], scheme: string): StoredSubnet[] {
  const { subnets, internetGateways } = ec2State(call);
  const found = [...new Set(ids)].map((id) => {
    const subnet = subnets.get(id);
    if (subnet === undefined) throw new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
    return subnet;
  });
  const vpcId = found[0]?.VpcId;
  if (found.some(({ VpcId }) => VpcId !== vpcId)) {
    throw invalidConfiguration('All subnets of a load balancer must be in the same VPC');
  }
  if (found.length < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  if (new Set(found.map(({ AvailabilityZone }) => AvailabilityZone)).size < found.length) {
    throw invalidConfiguration(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  const small = found.find(({ CidrBlock }) => (parseCidr(CidrBlock)?.prefix ?? 0) > 27);
  if (small !== undefined) {
    throw new AwsError(
      'InvalidSubnet',
      `Not enough IP space available in ${small.SubnetId}. ELB requires at least 8 free IP addresses in each subnet.`,
    );
  }
  const attached = [...internetGateways.values()].some(({ Attachments }) =>
    Attachments.some(({ VpcId }) => VpcId === vpcId),
  );
  if (scheme === 'internet-facing' && !attached) {
    throw new AwsError('InvalidSubnet', `VPC ${vpcId} has no internet gateway`);
  }
  return found;
}

/** The security groups of a load balancer, the VPC's default group where none is named. Throws InvalidConfigurationRequest. */
export function checkedSecurityGroups(call: Call, ids: string[], vpcId: string): string[] {
  const groups = [...ec2State(call).securityGroups.values()].filter((group) => group.VpcId === vpcId);
  if (ids.length === 0) {
    return groups.filter(({ GroupName }) => GroupName === 'default').map(({ GroupId }) => GroupId);
  }
  if (ids.some((id) => !groups.some(({ GroupId }) => GroupId === id))) {
    throw invalidConfiguration('One or more security groups are invalid');
  }
  return [...new Set(ids)];
}

/** How a load balancer describes its subnets. */
export function zonesOf(subnets: StoredSubnet[]): AvailabilityZone[] {
  return subnets.map(({ AvailabilityZone, SubnetId }) => ({
    ZoneName: AvailabilityZone,
    SubnetId,
    LoadBalancerAddresses: [],
  }));
}

/** Gives a load balancer one network interface in each of its subnets, and takes those in other subnets away. */
export function alignNetworkInterfaces(call: Call, balancer: StoredLoadBalancer): void {
  const wanted = new Set(balancer.AvailabilityZones.map(({ SubnetId = '' }) => SubnetId));
  const held = balancer.networkInterfaceIds;
  for (const subnetId of wanted) {
    held[subnetId] ??= createNetworkInterface(call, {
      subnetId,
      securityGroupIds: balancer.SecurityGroups,
      description: `ELB ${balancer.LoadBalancerArn.split(':loadbalancer/')[1]}`,
      requester: 'amazon-elb',
      publicAddress: balancer.Scheme === 'internet-facing',
    }).NetworkInterfaceId;
  }
  for (const [subnetId, id] of Object.entries(held)) {
    if (wanted.has(subnetId)) continue;
    deleteNetworkInterface(call, id);
    delete held[subnetId];
  }
}

export const networkOperations: Operations = { SetSubnets, SetSecurityGroups };

function SetSubnets(input: SetSubnetsInput, call: Call): SetSubnetsOutput {
  const balancer = mustFindLoadBalancer(elbv2State(call), input.LoadBalancerArn);
  const ids = input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId = '' }) => SubnetId);
  const subnets = checkedSubnets(call, ids, balancer.Scheme);
  if (subnets.some(({ VpcId }) => VpcId !== balancer.VpcId)) {
    throw invalidConfiguration(`The subnets must be in the VPC of the load balancer, '${balancer.VpcId}'`);
  }
  balancer.AvailabilityZones = zonesOf(subnets);
  alignNetworkInterfaces(call, balancer);
  return { AvailabilityZones: balancer.AvailabilityZones, IpAddressType: balancer.IpAddressType };
}

function SetSecurityGroups(input: SetSecurityGroupsInput, call: Call): SetSecurityGroupsOutput {
  const balancer = mustFindLoadBalancer(elbv2State(call), input.LoadBalancerArn);
  const groupIds = checkedSecurityGroups(call, input.SecurityGroups ?? [], balancer.VpcId);
  balancer.SecurityGroups = groupIds;
  const { networkInterfaces, securityGroups } = ec2State(call);
  for (const id of Object.values(balancer.networkInterfaceIds)) {
    const networkInterface = networkInterfaces.get(id);
    if (networkInterface === undefined) continue;
    networkInterface.Groups = groupIds.map((GroupId) => ({
      GroupId,
      GroupName: securityGroups.get(GroupId)?.GroupName,
    }));
  }
  return { SecurityGroupIds: groupIds };
}
