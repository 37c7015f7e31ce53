import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NetworkInterfaceType,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, missing, mustFind } from './errors.ts';
import { createNetworkInterface } from './network-interface.ts';
import { ec2State, newId, type StoredAddress, type StoredNatGateway, type StoredSubnet } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const natGatewayOperations: Operations = { CreateNatGateway, DescribeNatGateways, DeleteNatGateway };

/**
 * EC2's order: client token, subnet, address, tags. What is wrong with a network that exists (no internet gateway, an
 * address that is in use) shows later, as a NAT gateway that has failed.
 */
function CreateNatGateway(input: CreateNatGatewayRequest, call: Call): CreateNatGatewayResult {
  const state = ec2State(call);
  const same = [...state.natGateways.values()].find(
    ({ clientToken }) => clientToken !== undefined && clientToken === input.ClientToken,
  );
  if (same !== undefined) return { NatGateway: same, ClientToken: input.ClientToken };
  if (input.ConnectivityType === 'private') {
    throw new AwsError('UnsupportedOperation', 'The local cloud has no private NAT gateways.');
  }
  if (input.SubnetId === undefined) throw missing('subnetId');
  const subnet = mustFind(state.subnets, 'subnet', input.SubnetId);
  if (input.AllocationId === undefined) throw missing('AllocationId');
  const address = mustFind(state.addresses, 'address', input.AllocationId);
  const tags = tagsOf(input.TagSpecifications, 'natgateway');
  dryRun(input);
  const gateway: StoredNatGateway = {
    NatGatewayId: newId('nat'),
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    State: 'pending',
    ConnectivityType: 'public',
    CreateTime: call.now,
    NatGatewayAddresses: [{ AllocationId: address.AllocationId }],
    Tags: tags,
    availableAt: call.now.getTime() + call.cloud.clock.latency('nat-gateway.create'),
    clientToken: input.ClientToken,
  };
  const failure = failureOf(call, subnet, address);
  if (failure === undefined) connect(call, gateway, address);
  else Object.assign(gateway, failure);
  state.natGateways.set(gateway.NatGatewayId, gateway);
  // A copy: what is asked for next may be further on.
  return { NatGateway: { ...gateway }, ClientToken: input.ClientToken };
}

const fields: FilterFields<StoredNatGateway> = {
  'nat-gateway-id': ({ NatGatewayId }) => NatGatewayId,
  state: ({ State }) => State,
  'subnet-id': ({ SubnetId }) => SubnetId,
  'vpc-id': ({ VpcId }) => VpcId,
};

function DescribeNatGateways(input: DescribeNatGatewaysRequest, call: Call): DescribeNatGatewaysResult {
  const found = asked(ec2State(call).natGateways, 'natGateway', input.NatGatewayIds);
  dryRun(input);
  const question = { ...input, Filters: input.Filter };
  const { page, NextToken } = select(found, question, fields, ({ Tags }) => Tags);
  return { NatGateways: page, NextToken };
}

/** It goes on being described as deleting, and as deleted for an hour; deleting it again is success. */
function DeleteNatGateway(input: DeleteNatGatewayRequest, call: Call): DeleteNatGatewayResult {
  const gateway = mustFind(ec2State(call).natGateways, 'natGateway', input.NatGatewayId ?? '');
  dryRun(input);
  if (gateway.deletedAt === undefined) {
    gateway.State = 'deleting';
    gateway.DeleteTime = call.now;
    gateway.deletedAt = call.now.getTime() + call.cloud.clock.latency('nat-gateway.delete');
  }
  return { NatGatewayId: gateway.NatGatewayId };
}

function failureOf(
  call: Call,
  { VpcId }: StoredSubnet,
  { AllocationId, AssociationId }: StoredAddress,
): Pick<StoredNatGateway, 'FailureCode' | 'FailureMessage'> | undefined {
  const attached = [...ec2State(call).internetGateways.values()].some(({ Attachments }) =>
    Attachments.some((attachment) => attachment.VpcId === VpcId),
  );
  if (!attached) {
    return {
      FailureCode: 'Gateway.NotAttached',
      FailureMessage: `Network ${VpcId} has no Internet gateway attached`,
    };
  }
  if (AssociationId === undefined) return undefined;
  return {
    FailureCode: 'Resource.AlreadyAssociated',
    FailureMessage: `Elastic IP address [${AllocationId}] is already associated`,
  };
}

/** Gives the NAT gateway its network interface, and that one the address. */
function connect(call: Call, gateway: StoredNatGateway, address: StoredAddress): void {
  const made = createNetworkInterface(call, {
    subnetId: gateway.SubnetId,
    securityGroupIds: [],
    description: `Interface for NAT Gateway ${gateway.NatGatewayId}`,
    requester: 'amazon-nat',
  });
  // What EC2 says; its model spells it differently.
  made.InterfaceType = 'nat_gateway' as string as NetworkInterfaceType;
  // The only network interfaces without security groups.
  made.Groups = [];
  const AssociationId = newId('eipassoc');
  const { AllocationId, PublicIp } = address;
  made.Association = { AllocationId, AssociationId, PublicIp, IpOwnerId: call.account };
  const place = { NetworkInterfaceId: made.NetworkInterfaceId, AssociationId };
  Object.assign(address, place, { PrivateIpAddress: made.PrivateIpAddress });
  gateway.NatGatewayAddresses = [
    {
      ...place,
      AllocationId,
      PublicIp,
      PrivateIp: made.PrivateIpAddress,
      IsPrimary: true,
      Status: 'succeeded',
    },
  ];
}
