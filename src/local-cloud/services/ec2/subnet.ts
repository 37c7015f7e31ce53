import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { describeZones, type Zone } from './availability-zone.ts';
import { contains, formatCidr, overlaps, parseCidr, type CidrBlock } from './cidr.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, hasDependencies, invalidValue, missing, mustFind } from './errors.ts';
import { coverSubnet, uncoverSubnet } from './network-acl.ts';
import { ec2State, newId, type StoredSubnet } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const subnetOperations: Operations = {
  CreateSubnet,
  DescribeSubnets,
  DeleteSubnet,
  ModifySubnetAttribute,
};

/** EC2's order: VPC, CIDR block, its size, within the VPC's, zone, conflict with another subnet, tags. */
function CreateSubnet(input: CreateSubnetRequest, call: Call): CreateSubnetResult {
  const state = ec2State(call);
  const vpc = mustFind(state.vpcs, 'vpc', input.VpcId ?? '');
  const block = blockOf(input.CidrBlock, vpc.CidrBlock);
  const zone = zoneOf(input, call.region);
  const conflict = [...state.subnets.values()].some(({ VpcId, CidrBlock }) => {
    const other = parseCidr(CidrBlock);
    return VpcId === vpc.VpcId && other !== undefined && overlaps(block, other);
  });
  if (conflict) {
    throw new AwsError(
      'InvalidSubnet.Conflict',
      `The CIDR '${formatCidr(block)}' conflicts with another subnet`,
    );
  }
  const tags = tagsOf(input.TagSpecifications, 'subnet');
  dryRun(input);
  const id = newId('subnet');
  const subnet: StoredSubnet = {
    SubnetId: id,
    SubnetArn: `arn:aws:ec2:${call.region}:${call.account}:subnet/${id}`,
    VpcId: vpc.VpcId,
    CidrBlock: formatCidr(block),
    AvailabilityZone: zone.ZoneName,
    AvailabilityZoneId: zone.ZoneId,
    AssignIpv6AddressOnCreation: false,
    DefaultForAz: false,
    EnableDns64: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    MapCustomerOwnedIpOnLaunch: false,
    MapPublicIpOnLaunch: false,
    OwnerId: call.account,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: 'available',
    Tags: tags,
    addressesGiven: 0,
  };
  state.subnets.set(id, subnet);
  coverSubnet(call, vpc.VpcId, id);
  return { Subnet: withFreeAddresses(subnet, call) };
}

const fields: FilterFields<StoredSubnet & Subnet> = {
  'subnet-id': ({ SubnetId }) => SubnetId,
  'subnet-arn': ({ SubnetArn }) => SubnetArn,
  'vpc-id': ({ VpcId }) => VpcId,
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  availabilityZone: ({ AvailabilityZone }) => AvailabilityZone,
  'availability-zone-id': ({ AvailabilityZoneId }) => AvailabilityZoneId,
  'available-ip-address-count': ({ AvailableIpAddressCount }) => AvailableIpAddressCount,
  cidr: ({ CidrBlock }) => CidrBlock,
  'cidr-block': ({ CidrBlock }) => CidrBlock,
  cidrBlock: ({ CidrBlock }) => CidrBlock,
  'default-for-az': ({ DefaultForAz }) => DefaultForAz,
  'map-public-ip-on-launch': ({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch,
  'owner-id': ({ OwnerId }) => OwnerId,
  state: ({ State }) => State,
};

function DescribeSubnets(input: DescribeSubnetsRequest, call: Call): DescribeSubnetsResult {
  const found = asked(ec2State(call).subnets, 'subnet', input.SubnetIds);
  dryRun(input);
  const counted = found.map((subnet) => withFreeAddresses(subnet, call));
  const { page, NextToken } = select(counted, input, fields, ({ Tags }) => Tags);
  return { Subnets: page, NextToken };
}

/** A network interface in it keeps a subnet; its association with a route table does not. */
function DeleteSubnet(input: DeleteSubnetRequest, call: Call): object {
  const state = ec2State(call);
  const { SubnetId: id } = mustFind(state.subnets, 'subnet', input.SubnetId ?? '');
  if ([...state.networkInterfaces.values()].some(({ SubnetId }) => SubnetId === id)) {
    throw hasDependencies('subnet', id);
  }
  dryRun(input);
  for (const table of state.routeTables.values()) {
    table.Associations = table.Associations.filter(({ SubnetId }) => SubnetId !== id);
  }
  uncoverSubnet(call, id);
  state.subnets.delete(id);
  return {};
}

function ModifySubnetAttribute(input: ModifySubnetAttributeRequest, call: Call): object {
  const subnet = mustFind(ec2State(call).subnets, 'subnet', input.SubnetId ?? '');
  if (input.MapPublicIpOnLaunch?.Value === undefined) {
    throw new AwsError(
      'UnsupportedOperation',
      'The local cloud can change no other attribute of a subnet than MapPublicIpOnLaunch.',
    );
  }
  subnet.MapPublicIpOnLaunch = input.MapPublicIpOnLaunch.Value;
  return {};
}

function blockOf(text: string | undefined, vpcCidr: string): CidrBlock {
  if (text === undefined) throw missing('cidrBlock');
  const block = parseCidr(text);
  if (block === undefined) throw invalidValue('cidrBlock', text, 'This is not a valid CIDR block.');
  const vpcBlock = parseCidr(vpcCidr);
  const fits = vpcBlock !== undefined && contains(vpcBlock, block);
  if (block.prefix < 16 || block.prefix > 28 || !fits) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  }
  return block;
}

/** AWS chooses a zone where none is named. */
function zoneOf({ AvailabilityZone, AvailabilityZoneId }: CreateSubnetRequest, region: string): Zone {
  const zones = describeZones(region);
  const zone = zones.find(
    ({ ZoneName, ZoneId }) =>
      (AvailabilityZone === undefined || ZoneName === AvailabilityZone) &&
      (AvailabilityZoneId === undefined || ZoneId === AvailabilityZoneId),
  );
  if (zone !== undefined) return zone;
  const names = zones.map(({ ZoneName }) => ZoneName).join(', ');
  throw invalidValue(
    'availabilityZone',
    AvailabilityZone ?? AvailabilityZoneId,
    `Subnets can currently only be created in the following availability zones: ${names}.`,
  );
}

/** Without the five addresses that AWS keeps, and those of network interfaces. */
function withFreeAddresses(subnet: StoredSubnet, call: Call): StoredSubnet & Subnet {
  const used = [...ec2State(call).networkInterfaces.values()].filter(
    ({ SubnetId }) => SubnetId === subnet.SubnetId,
  ).length;
  const size = parseCidr(subnet.CidrBlock)?.size ?? 0;
  return { ...subnet, AvailableIpAddressCount: size - 5 - used };
}
