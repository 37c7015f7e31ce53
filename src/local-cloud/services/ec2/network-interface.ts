import { randomBytes } from 'node:crypto';
import type {
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface as Shape,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { formatAddress, parseCidr } from './cidr.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, mustFind } from './errors.ts';
import { ec2State, newId, type Stored, type StoredSubnet } from './state.ts';

/** An elastic network interface; `local` is where on this machine the thing behind its private address really listens. */
export type NetworkInterface = Stored<
  Shape,
  | 'NetworkInterfaceId'
  | 'SubnetId'
  | 'VpcId'
  | 'AvailabilityZone'
  | 'PrivateIpAddress'
  | 'Groups'
  | 'Status'
  | 'TagSet'
> & { local?: { host: string; port: number } };

export interface NewNetworkInterface {
  subnetId: string;
  /** The VPC's default group where there are none. */
  securityGroupIds: string[];
  description: string;
  /** The AWS service that makes and owns it, such as `amazon-elb`: users cannot delete it, and it is in use from the start. */
  requester?: string;
  /** Gives it a public address; a VPC with one of those keeps its internet gateway attached. */
  publicAddress?: boolean;
  local?: { host: string; port: number };
}

/**
 * Makes a network interface with the next free private address of its subnet, of which AWS keeps the first four and
 * the last. Throws InvalidSubnetID.NotFound, InvalidGroup.NotFound, InvalidParameter for a
 * group of another VPC, InsufficientFreeAddressesInSubnet.
 */
export function createNetworkInterface(call: Call, wanted: NewNetworkInterface): NetworkInterface {
  const state = ec2State(call);
  const subnet = mustFind(state.subnets, 'subnet', wanted.subnetId);
  const groupIds =
    wanted.securityGroupIds.length > 0 ? wanted.securityGroupIds : defaultGroupOf(call, subnet.VpcId);
  const groups = groupIds.map((id) => mustFind(state.securityGroups, 'securityGroup', id));
  if (groups.some(({ VpcId }) => VpcId !== subnet.VpcId)) {
    throw new AwsError(
      'InvalidParameter',
      'You have specified two resources that belong to different networks.',
    );
  }
  const id = newId('eni');
  const address = nextFreeAddress(call, subnet);
  const made: NetworkInterface = {
    NetworkInterfaceId: id,
    InterfaceType: 'interface',
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    AvailabilityZoneId: subnet.AvailabilityZoneId,
    Description: wanted.description,
    Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId, GroupName })),
    MacAddress: `06:${randomBytes(5).toString('hex').match(/../g)?.join(':') ?? ''}`,
    OwnerId: call.account,
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    RequesterManaged: wanted.requester !== undefined,
    SourceDestCheck: true,
    Status: 'available',
    TagSet: [],
  };
  if (wanted.requester !== undefined) {
    made.RequesterId = wanted.requester;
    made.Status = 'in-use';
    made.Attachment = {
      AttachmentId: newId('ela-attach'),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: wanted.requester,
      Status: 'attached',
      AttachTime: call.now,
    };
  }
  if (wanted.publicAddress === true) {
    made.Association = { IpOwnerId: wanted.requester ?? 'amazon', PublicIp: publicAddress() };
  }
  if (wanted.local !== undefined) made.local = wanted.local;
  state.networkInterfaces.set(id, made);
  return made;
}

/** Puts a network interface into other groups. Throws InvalidGroup.NotFound. */
export function setSecurityGroups(call: Call, id: string, securityGroupIds: string[]): void {
  const { networkInterfaces, securityGroups } = ec2State(call);
  const found = mustFind(networkInterfaces, 'networkInterface', id);
  found.Groups = securityGroupIds
    .map((groupId) => mustFind(securityGroups, 'securityGroup', groupId))
    .map(({ GroupId, GroupName }) => ({ GroupId, GroupName }));
}

/** Removes a network interface on behalf of the service that made it; what is not there stays so. */
export function deleteNetworkInterface(call: Call, id: string): void {
  ec2State(call).networkInterfaces.delete(id);
}

/** The network interface that holds a private address, in one VPC or in any. */
export function findNetworkInterface(
  call: Call,
  { vpcId, privateIp }: { vpcId?: string; privateIp: string },
): NetworkInterface | undefined {
  return [...ec2State(call).networkInterfaces.values()].find(
    ({ VpcId, PrivateIpAddress }) =>
      PrivateIpAddress === privateIp && (vpcId === undefined || VpcId === vpcId),
  );
}

export const networkInterfaceOperations: Operations = { DescribeNetworkInterfaces, DeleteNetworkInterface };

const fields: FilterFields<NetworkInterface> = {
  'network-interface-id': ({ NetworkInterfaceId }) => NetworkInterfaceId,
  'vpc-id': ({ VpcId }) => VpcId,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  'group-id': ({ Groups }) => Groups.map(({ GroupId }) => GroupId),
  'group-name': ({ Groups }) => Groups.map(({ GroupName }) => GroupName),
  'private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'addresses.private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'association.public-ip': ({ Association }) => Association?.PublicIp,
  'attachment.instance-owner-id': ({ Attachment }) => Attachment?.InstanceOwnerId,
  'attachment.status': ({ Attachment }) => Attachment?.Status,
  'interface-type': ({ InterfaceType }) => InterfaceType,
  'owner-id': ({ OwnerId }) => OwnerId,
  'requester-id': ({ RequesterId }) => RequesterId,
  'requester-managed': ({ RequesterManaged }) => RequesterManaged,
  description: ({ Description }) => Description,
  status: ({ Status }) => Status,
};

function DescribeNetworkInterfaces(
  input: DescribeNetworkInterfacesRequest,
  call: Call,
): DescribeNetworkInterfacesResult {
  const { networkInterfaces } = ec2State(call);
  const found = asked(networkInterfaces, 'networkInterface', input.NetworkInterfaceIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ TagSet }) => TagSet);
  return { NetworkInterfaces: page, NextToken };
}

/** EC2's order: is it there, is it attached. */
function DeleteNetworkInterface(input: DeleteNetworkInterfaceRequest, call: Call): object {
  const id = input.NetworkInterfaceId ?? '';
  const { Status } = mustFind(ec2State(call).networkInterfaces, 'networkInterface', id);
  if (Status === 'in-use') {
    throw new AwsError('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
  }
  dryRun(input);
  deleteNetworkInterface(call, id);
  return {};
}

function defaultGroupOf(call: Call, vpcId: string): string[] {
  return [...ec2State(call).securityGroups.values()]
    .filter(({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default')
    .map(({ GroupId }) => GroupId);
}

const reservedAtStart = 4;

/** Goes on after the last address given, so that a freed one is not somebody else's at once (a target may still be draining). */
function nextFreeAddress(call: Call, subnet: StoredSubnet): string {
  const taken = new Set(
    [...ec2State(call).networkInterfaces.values()]
      .filter(({ SubnetId }) => SubnetId === subnet.SubnetId)
      .map(({ PrivateIpAddress }) => PrivateIpAddress),
  );
  const { first, size } = parseCidr(subnet.CidrBlock) ?? { first: 0, size: 0 };
  const usable = size - reservedAtStart - 1;
  for (let tried = 0; tried < usable; tried += 1) {
    const position = (subnet.addressesGiven + tried) % usable;
    const address = formatAddress(first + reservedAtStart + position);
    if (!taken.has(address)) {
      subnet.addressesGiven = position + 1;
      return address;
    }
  }
  throw new AwsError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.SubnetId}' to satisfy the requested number of instances.`,
  );
}

/** From 203.0.113.0/24, which the Internet keeps for examples: nothing here has a public address. */
function publicAddress(): string {
  return `203.0.113.${1 + ((randomBytes(1)[0] ?? 0) % 254)}`;
}
