import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  State,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Call, Operations } from '../../operation.ts';
import { asked, select, type FilterFields } from './describe.ts';
import { dryRun, missing, mustFind } from './errors.ts';
import { ec2State, newId, type StoredVpcEndpoint } from './state.ts';
import { tagsOf } from './tag-specification.ts';
import { checkPlaces, checkPrivateDns, checkServiceName } from './vpc-endpoint-checks.ts';
import { alignEndpoint } from './vpc-endpoint-places.ts';

export const vpcEndpointOperations: Operations = {
  CreateVpcEndpoint,
  DescribeVpcEndpoints,
  ModifyVpcEndpoint,
  DeleteVpcEndpoints,
};

/** Allows everything, as AWS's own default does. */
const openPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

/** EC2's order: client token, VPC, service, subnets, groups, route tables, private DNS, tags. */
function CreateVpcEndpoint(input: CreateVpcEndpointRequest, call: Call): CreateVpcEndpointResult {
  const state = ec2State(call);
  const same = [...state.vpcEndpoints.values()].find(
    ({ clientToken }) => clientToken !== undefined && clientToken === input.ClientToken,
  );
  if (same !== undefined) return { VpcEndpoint: described(same), ClientToken: input.ClientToken };
  const { VpcId } = mustFind(state.vpcs, 'vpc', input.VpcId ?? '');
  if (input.ServiceName === undefined) throw missing('ServiceName');
  const type = input.VpcEndpointType ?? 'Gateway';
  checkServiceName(call, input.ServiceName, type);
  const places = checkPlaces(call, VpcId, type, {
    subnetIds: input.SubnetIds ?? [],
    groupIds: input.SecurityGroupIds ?? [],
    routeTableIds: input.RouteTableIds ?? [],
  });
  const privateDns = type === 'Interface' && (input.PrivateDnsEnabled ?? true);
  if (privateDns) checkPrivateDns(call, VpcId, input.ServiceName);
  const tags = tagsOf(input.TagSpecifications, 'vpc-endpoint');
  dryRun(input);
  const latency = type === 'Gateway' ? 0 : call.cloud.clock.latency('vpc-endpoint.create');
  const endpoint: StoredVpcEndpoint = {
    VpcEndpointId: newId('vpce'),
    VpcEndpointType: type,
    VpcId,
    ServiceName: input.ServiceName,
    State: 'pending',
    PolicyDocument: input.PolicyDocument ?? openPolicy,
    PrivateDnsEnabled: privateDns,
    RequesterManaged: false,
    OwnerId: call.account,
    IpAddressType: 'ipv4',
    CreationTimestamp: call.now,
    Tags: tags,
    ...places,
    interfaces: {},
    availableAt: call.now.getTime() + latency,
    clientToken: input.ClientToken,
  };
  alignEndpoint(call, endpoint);
  state.vpcEndpoints.set(endpoint.VpcEndpointId, endpoint);
  return { VpcEndpoint: described(endpoint), ClientToken: input.ClientToken };
}

const fields: FilterFields<StoredVpcEndpoint> = {
  'vpc-endpoint-id': ({ VpcEndpointId }) => VpcEndpointId,
  'vpc-endpoint-state': ({ State }) => State,
  'vpc-endpoint-type': ({ VpcEndpointType }) => VpcEndpointType,
  'service-name': ({ ServiceName }) => ServiceName,
  'vpc-id': ({ VpcId }) => VpcId,
};

function DescribeVpcEndpoints(input: DescribeVpcEndpointsRequest, call: Call): DescribeVpcEndpointsResult {
  const found = asked(ec2State(call).vpcEndpoints, 'vpcEndpoint', input.VpcEndpointIds);
  dryRun(input);
  const { page, NextToken } = select(found, input, fields, ({ Tags }) => Tags);
  return { VpcEndpoints: page.map(described), NextToken };
}

function ModifyVpcEndpoint(input: ModifyVpcEndpointRequest, call: Call): ModifyVpcEndpointResult {
  const endpoint = mustFind(ec2State(call).vpcEndpoints, 'vpcEndpoint', input.VpcEndpointId ?? '');
  const places = checkPlaces(call, endpoint.VpcId, endpoint.VpcEndpointType, {
    subnetIds: changed(endpoint.subnetIds, input.AddSubnetIds, input.RemoveSubnetIds),
    groupIds: changed(endpoint.groupIds, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds),
    routeTableIds: changed(endpoint.routeTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds),
  });
  if (input.PrivateDnsEnabled === true && endpoint.PrivateDnsEnabled !== true) {
    checkPrivateDns(call, endpoint.VpcId, endpoint.ServiceName);
  }
  dryRun(input);
  Object.assign(endpoint, places);
  endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled ?? endpoint.PrivateDnsEnabled;
  if (input.PolicyDocument !== undefined) endpoint.PolicyDocument = input.PolicyDocument;
  if (input.ResetPolicy === true) endpoint.PolicyDocument = openPolicy;
  alignEndpoint(call, endpoint);
  return { Return: true };
}

/** Those that are not there are named in the answer; the others go. A gateway endpoint takes its routes along. */
function DeleteVpcEndpoints(input: DeleteVpcEndpointsRequest, call: Call): DeleteVpcEndpointsResult {
  const { vpcEndpoints } = ec2State(call);
  dryRun(input);
  const ids = input.VpcEndpointIds ?? [];
  for (const endpoint of ids.flatMap((id) => vpcEndpoints.get(id) ?? [])) {
    if (endpoint.deletedAt !== undefined) continue;
    const latency =
      endpoint.VpcEndpointType === 'Gateway' ? 0 : call.cloud.clock.latency('vpc-endpoint.delete');
    endpoint.routeTableIds = [];
    alignEndpoint(call, endpoint);
    endpoint.State = 'deleting';
    endpoint.deletedAt = call.now.getTime() + latency;
  }
  return {
    Unsuccessful: ids
      .filter((id) => !vpcEndpoints.has(id))
      .map((id) => ({
        ResourceId: id,
        Error: {
          Code: 'InvalidVpcEndpoint.NotFound',
          Message: `The Vpc Endpoint Id '${id}' does not exist`,
        },
      })),
  };
}

function described({
  subnetIds,
  groupIds,
  routeTableIds,
  interfaces,
  ...endpoint
}: StoredVpcEndpoint): VpcEndpoint {
  return {
    ...endpoint,
    State: endpoint.State as string as State,
    SubnetIds: subnetIds,
    Groups: groupIds.map((GroupId) => ({ GroupId })),
    RouteTableIds: routeTableIds,
    NetworkInterfaceIds: Object.values(interfaces),
  };
}

function changed(old: string[], added: string[] = [], removed: string[] = []): string[] {
  return [...new Set([...old, ...added])].filter((id) => !removed.includes(id));
}
