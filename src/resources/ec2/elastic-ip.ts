import { AllocateAddressCommand, DescribeAddressesCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface ElasticIpAttrs {
  allocationId: string;
  publicIp: string;
}

/** A public IPv4 address that is ours until it is released (`aws ec2 describe-addresses`). */
export const elasticIp: ResourceKind<Cloud, object, ElasticIpAttrs> = {
  type: 'AWS::EC2::EIP',

  async find(cloud, scope) {
    const { Addresses = [] } = await cloud.ec2.send(
      new DescribeAddressesCommand({ Filters: ownedBy(scope) }),
    );
    return owned(
      scope,
      Addresses.map(({ AllocationId, PublicIp, Tags }) => ({
        tags: Tags,
        ref: AllocationId!,
        attrs: { allocationId: AllocationId!, publicIp: PublicIp! },
      })),
    );
  },

  diff: () => [],

  async create(cloud, _props, step) {
    await cloud.ec2.send(
      new AllocateAddressCommand({
        Domain: 'vpc',
        TagSpecifications: tagSpecifications('elastic-ip', step.tags),
      }),
    );
  },

  update: () => Promise.resolve(),

  tag: (cloud, { allocationId }, change) => retag(cloud, allocationId, change),

  async delete(cloud, { allocationId }) {
    await unless(
      cloud.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId })),
      'InvalidAllocationID.NotFound',
    );
  },
};
