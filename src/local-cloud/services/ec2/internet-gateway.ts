import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, hasDependencies, mustFind } from './errors.ts';
import { ec2State, newId, type StoredInternetGateway } from './state.ts';
import { tagsOf } from './tag-specification.ts';

export const internetGatewayOperations: Operations = {
  CreateInternetGateway,
  DescribeInternetGateways,
  AttachInternetGateway,
  DetachInternetGateway,
  DeleteInternetGateway,
};

function CreateInternetGateway(input: CreateInternetGatewayRequest, call: Call): CreateInternetGatewayResult {
  const tags = tagsOf(input.TagSpecifications, 'internet-gateway');
  dryRun(input);
  const gateway: StoredInternetGateway = {
    InternetGatewayId: newId('igw'),
    Attachments: [],
    OwnerId: call.account,
    Tags: tags,
  };
  ec2State(call).internetGateways.set(gateway.InternetGatewayId, gateway);
  return { InternetGateway: gateway };
}

const fields: FilterFields<StoredInternetGateway> = {
  'internet-gateway-id': ({ InternetGatewayId }) => InternetGatewayId,
  'attachment.vpc-id': ({ Attachments }) => Attachments.map(({ VpcId }) => VpcId),
  'attachment.state': ({ Attachments }) => Attachments.map(({ State }) => State),
  'owner-id': ({ OwnerId }) => OwnerId,
};

function DescribeInternetGateways(
  input: DescribeInternetGatewaysRequest,
  call: Call,
): DescribeInternetGatewaysResult {
  const found = asked(ec2State(call).internetGateways, 'internetGateway', input.InternetGatewayIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ Tags }) => Tags);
  return { InternetGateways: page, NextToken };
}

/** EC2's order: gateway, VPC, is the gateway free, is the VPC without one. */
function AttachInternetGateway(input: AttachInternetGatewayRequest, call: Call): object {
  const state = ec2State(call);
  const gateway = mustFind(state.internetGateways, 'internetGateway', input.InternetGatewayId ?? '');
  const { VpcId } = mustFind(state.vpcs, 'vpc', input.VpcId ?? '');
  const attachedTo = gateway.Attachments[0]?.VpcId;
  if (attachedTo !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.InternetGatewayId} is already attached to network ${attachedTo}`,
    );
  }
  const taken = [...state.internetGateways.values()].some(({ Attachments }) =>
    Attachments.some((attachment) => attachment.VpcId === VpcId),
  );
  if (taken) {
    throw new AwsError('InvalidParameterValue', `Network ${VpcId} already has an internet gateway attached`);
  }
  dryRun(input);
  // `available` is what DescribeInternetGateways says of an attached gateway.
  gateway.Attachments = [{ VpcId, State: 'available' as 'attached' }];
  return {};
}

/** EC2's order: gateway, VPC, attachment, public addresses still in use. */
function DetachInternetGateway(input: DetachInternetGatewayRequest, call: Call): object {
  const state = ec2State(call);
  const gateway = mustFind(state.internetGateways, 'internetGateway', input.InternetGatewayId ?? '');
  const { VpcId } = mustFind(state.vpcs, 'vpc', input.VpcId ?? '');
  if (gateway.Attachments[0]?.VpcId !== VpcId) {
    throw new AwsError(
      'Gateway.NotAttached',
      `resource ${gateway.InternetGatewayId} is not attached to network ${VpcId}`,
    );
  }
  const mapped = [...state.networkInterfaces.values()].some(
    (networkInterface) =>
      networkInterface.VpcId === VpcId && networkInterface.Association?.PublicIp !== undefined,
  );
  if (mapped) {
    throw new AwsError(
      'DependencyViolation',
      `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  }
  dryRun(input);
  gateway.Attachments = [];
  return {};
}

function DeleteInternetGateway(input: DeleteInternetGatewayRequest, call: Call): object {
  const { internetGateways } = ec2State(call);
  const id = input.InternetGatewayId ?? '';
  const gateway = mustFind(internetGateways, 'internetGateway', id);
  if (gateway.Attachments.length > 0) throw hasDependencies('internetGateway', id);
  dryRun(input);
  internetGateways.delete(id);
  return {};
}
