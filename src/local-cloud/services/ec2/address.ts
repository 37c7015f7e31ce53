import type {
  Address,
  AllocateAddressRequest,
  AllocateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, missing, mustFind } from './errors.ts';
import { ec2State, newId, type StoredAddress } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const addressOperations: Operations = { AllocateAddress, DescribeAddresses, ReleaseAddress };

function AllocateAddress(input: AllocateAddressRequest, call: Call): AllocateAddressResult {
  const tags = tagsOf(input.TagSpecifications, 'elastic-ip');
  dryRun(input);
  const { addresses } = ec2State(call);
  const address: StoredAddress = {
    AllocationId: newId('eipalloc'),
    PublicIp: freeAddress([...addresses.values()]),
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: call.region,
    Tags: tags,
  };
  addresses.set(address.AllocationId, address);
  const { Tags: _tags, ...answer } = address;
  return answer;
}

const fields: FilterFields<StoredAddress> = {
  'allocation-id': ({ AllocationId }) => AllocationId,
  'association-id': ({ AssociationId }) => AssociationId,
  'network-interface-id': ({ NetworkInterfaceId }) => NetworkInterfaceId,
  'private-ip-address': ({ PrivateIpAddress }) => PrivateIpAddress,
  'public-ip': ({ PublicIp }) => PublicIp,
  domain: ({ Domain }) => Domain,
};

/** One of EC2's few listings without pages. */
function DescribeAddresses(input: DescribeAddressesRequest, call: Call): DescribeAddressesResult {
  const { addresses } = ec2State(call);
  const ips = input.PublicIps ?? [];
  const unknown = ips.find((ip) => ![...addresses.values()].some(({ PublicIp }) => PublicIp === ip));
  if (unknown !== undefined) {
    throw new AwsError('InvalidAddress.NotFound', `Address '${unknown}' not found.`);
  }
  const found = asked(addresses, 'address', input.AllocationIds).filter(
    ({ PublicIp }) => ips.length === 0 || ips.includes(PublicIp),
  );
  dryRun(input);
  return { Addresses: select(found, { Filters: input.Filters }, fields, ({ Tags }) => Tags).page };
}

/** EC2's order: is it there, is it in use. */
function ReleaseAddress(input: ReleaseAddressRequest, call: Call): object {
  if (input.AllocationId === undefined) throw missing('AllocationId');
  const { addresses } = ec2State(call);
  const { AllocationId, AssociationId, PublicIp } = mustFind(addresses, 'address', input.AllocationId);
  if (AssociationId !== undefined) {
    throw new AwsError('InvalidIPAddress.InUse', `Address ${PublicIp} is in use.`);
  }
  dryRun(input);
  addresses.delete(AllocationId);
  return {};
}

/** From 198.51.100.0/24, which the Internet keeps for examples: nothing here has a public address. */
function freeAddress(addresses: Address[]): string {
  const taken = new Set(addresses.map(({ PublicIp }) => PublicIp));
  for (let last = 1; last < 255; last += 1) {
    const address = `198.51.100.${last}`;
    if (!taken.has(address)) return address;
  }
  throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
}
