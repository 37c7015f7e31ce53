import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  paginateDescribeVpcEndpoints,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, compareSet, setDifference } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface VpcEndpointProps {
  vpcId: string;
  /** `com.amazonaws.eu-west-3.ecr.api`. */
  serviceName: string;
  type: 'Interface' | 'Gateway';
  /** Of an interface endpoint, one per zone. */
  subnetIds: string[];
  /** Of an interface endpoint. */
  securityGroupIds: string[];
  /** Of a gateway endpoint. */
  routeTableIds: string[];
}

interface VpcEndpointAttrs extends Omit<VpcEndpointProps, 'type'> {
  vpcEndpointId: string;
  type: string;
  /** Lower case: `pending`, `available`, `deleting`, `failed`, `rejected`, `expired`. */
  state: string;
  /** Whether the public name of the service leads to the endpoint. */
  privateDns: boolean;
}

/** A way to a service of AWS that stays in the VPC (`aws ec2 describe-vpc-endpoints`). */
export const vpcEndpoint: ResourceKind<Cloud, VpcEndpointProps, VpcEndpointAttrs> = {
  type: 'AWS::EC2::VPCEndpoint',

  async find(cloud, scope) {
    const pages = paginateDescribeVpcEndpoints({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const endpoints = await collect(pages, (page) => page.VpcEndpoints);
    return owned(
      scope,
      endpoints
        .map((one) => ({ tags: one.Tags, ref: one.VpcEndpointId!, attrs: attrsOf(one) }))
        .filter(({ attrs }) => attrs.state !== 'deleted'),
    );
  },

  diff(desired, current) {
    // It cannot be changed any more; the next one is made when it is gone.
    if (current.state === 'deleting') return [];
    return [
      ...compare('vpcId', current.vpcId, desired.vpcId, 'replace'),
      ...compare('serviceName', current.serviceName, desired.serviceName, 'replace'),
      ...compare('type', current.type, desired.type, 'replace'),
      ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
      ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
      ...compareSet('routeTableIds', current.routeTableIds, desired.routeTableIds),
      ...compare('privateDns', current.privateDns, desired.type === 'Interface'),
    ];
  },

  ready({ state, serviceName }) {
    if (['failed', 'rejected', 'expired'].includes(state)) {
      throw new ChatopsError(`the endpoint of ${serviceName} is ${state}`, {
        code: 'vpc-endpoint.failed',
        exit: ExitCode.failed,
        hint: 'Delete it in the console, and run `chatops up` again.',
      });
    }
    return state === 'available' || state;
  },

  async create(cloud, props, step) {
    const isInterface = props.type === 'Interface';
    await cloud.ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: props.vpcId,
        ServiceName: props.serviceName,
        VpcEndpointType: props.type,
        ...(isInterface
          ? {
              SubnetIds: props.subnetIds,
              SecurityGroupIds: props.securityGroupIds,
              PrivateDnsEnabled: true,
            }
          : { RouteTableIds: props.routeTableIds }),
        TagSpecifications: tagSpecifications('vpc-endpoint', step.tags),
      }),
    );
  },

  async update(cloud, props, current) {
    const subnets = setDifference(current.subnetIds, props.subnetIds);
    const groups = setDifference(current.securityGroupIds, props.securityGroupIds);
    const tables = setDifference(current.routeTableIds, props.routeTableIds);
    await cloud.ec2.send(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: current.vpcEndpointId,
        AddSubnetIds: some(subnets.added),
        RemoveSubnetIds: some(subnets.removed),
        AddSecurityGroupIds: some(groups.added),
        RemoveSecurityGroupIds: some(groups.removed),
        AddRouteTableIds: some(tables.added),
        RemoveRouteTableIds: some(tables.removed),
        ...(props.type === 'Interface' && !current.privateDns ? { PrivateDnsEnabled: true } : {}),
      }),
    );
  },

  tag: (cloud, { vpcEndpointId }, change) => retag(cloud, vpcEndpointId, change),

  async delete(cloud, { vpcEndpointId, state }) {
    if (state === 'deleting') return;
    const { Unsuccessful = [] } = await cloud.ec2.send(
      new DeleteVpcEndpointsCommand({ VpcEndpointIds: [vpcEndpointId] }),
    );
    // The call itself succeeds; what went wrong is in its answer.
    for (const { Error: problem } of Unsuccessful) {
      if (problem?.Code?.endsWith('.NotFound') === true) continue;
      throw Object.assign(new Error(problem?.Message ?? 'no reason given'), {
        name: problem?.Code ?? 'Unsuccessful',
      });
    }
  },
};

function attrsOf(one: VpcEndpoint): VpcEndpointAttrs {
  return {
    vpcEndpointId: one.VpcEndpointId!,
    vpcId: one.VpcId!,
    serviceName: one.ServiceName!,
    type: one.VpcEndpointType ?? 'Gateway',
    // The API's model and its answers differ in upper and lower case.
    state: one.State?.toLowerCase() ?? 'pending',
    subnetIds: one.SubnetIds ?? [],
    securityGroupIds: (one.Groups ?? []).map(({ GroupId }) => GroupId!),
    routeTableIds: one.RouteTableIds ?? [],
    privateDns: one.PrivateDnsEnabled ?? false,
  };
}

function some(ids: string[]): string[] | undefined {
  return ids.length === 0 ? undefined : ids;
}
