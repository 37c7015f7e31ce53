import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  paginateDescribeNatGateways,
  type NatGateway,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compare, compareFields } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface NatGatewayProps {
  /** A public one. */
  subnetId: string;
  /** Of the elastic IP that it speaks from. */
  allocationId: string;
}

interface NatGatewayAttrs extends NatGatewayProps {
  natGatewayId: string;
  /** `pending`, `available`, `deleting`, or `failed` with the reason. */
  state: string;
}

/** A NAT gateway, over which private subnets reach the internet (`aws ec2 describe-nat-gateways`). Those that are deleted stay listed for an hour; they count as gone. */
export const natGateway: ResourceKind<Cloud, NatGatewayProps, NatGatewayAttrs> = {
  type: 'AWS::EC2::NatGateway',

  async find(cloud, scope) {
    const pages = paginateDescribeNatGateways({ client: cloud.ec2 }, { Filter: ownedBy(scope) });
    const gateways = await collect(pages, (page) => page.NatGateways);
    return owned(
      scope,
      gateways
        .filter(({ State }) => State !== 'deleted')
        .map((one) => ({ tags: one.Tags, ref: one.NatGatewayId!, attrs: attrsOf(one) })),
    );
  },

  diff(desired, current) {
    // It cannot be changed any more; the next one is made when it is gone.
    if (current.state === 'deleting') return [];
    // One that has failed never becomes available, whatever is put right.
    if (current.state.startsWith('failed')) return compare('state', current.state, 'available', 'replace');
    return compareFields(desired, current, { subnetId: 'replace', allocationId: 'replace' });
  },

  ready: ({ state }) => state === 'available' || state,

  async create(cloud, { subnetId, allocationId }, step) {
    await cloud.ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: subnetId,
        AllocationId: allocationId,
        TagSpecifications: tagSpecifications('natgateway', step.tags),
      }),
    );
  },

  update: () => Promise.resolve(),

  tag: (cloud, { natGatewayId }, change) => retag(cloud, natGatewayId, change),

  async delete(cloud, { natGatewayId, state }) {
    if (state === 'deleting') return;
    await unless(
      cloud.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: natGatewayId })),
      'NatGatewayNotFound',
    );
  },
};

function attrsOf(one: NatGateway): NatGatewayAttrs {
  return {
    natGatewayId: one.NatGatewayId!,
    subnetId: one.SubnetId!,
    allocationId: one.NatGatewayAddresses?.[0]?.AllocationId ?? '',
    state: one.State === 'failed' ? `failed: ${one.FailureMessage ?? 'no reason given'}` : one.State!,
  };
}
