import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  ModifySubnetAttributeCommand,
  paginateDescribeSubnets,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface SubnetProps {
  vpcId: string;
  cidr: string;
  /** Name of the availability zone, such as `eu-west-3a`. */
  zone: string;
  /** Whether network interfaces made in it get a public address. */
  mapPublicIp: boolean;
}

interface SubnetAttrs extends SubnetProps {
  subnetId: string;
  state: string;
}

/** A subnet in one availability zone (`aws ec2 describe-subnets`). */
export const subnet: ResourceKind<Cloud, SubnetProps, SubnetAttrs> = {
  type: 'AWS::EC2::Subnet',

  async find(cloud, scope) {
    const pages = paginateDescribeSubnets({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const subnets = await collect(pages, (page) => page.Subnets);
    return owned(
      scope,
      subnets.map((found) => ({
        tags: found.Tags,
        ref: found.SubnetId!,
        attrs: {
          subnetId: found.SubnetId!,
          vpcId: found.VpcId!,
          cidr: found.CidrBlock!,
          zone: found.AvailabilityZone!,
          mapPublicIp: found.MapPublicIpOnLaunch ?? false,
          state: found.State!,
        },
      })),
    );
  },

  diff: (desired, current) =>
    compareFields(desired, current, {
      vpcId: 'replace',
      cidr: 'replace',
      zone: 'replace',
      mapPublicIp: 'update',
    }),

  ready: ({ state }) => state === 'available' || state,

  async create(cloud, { vpcId, cidr, zone, mapPublicIp }, step) {
    const { Subnet } = await cloud.ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: cidr,
        AvailabilityZone: zone,
        TagSpecifications: tagSpecifications('subnet', step.tags),
      }),
    );
    if (mapPublicIp) await setMapPublicIp(cloud, Subnet!.SubnetId!, true);
  },

  async update(cloud, { mapPublicIp }, { subnetId }) {
    await setMapPublicIp(cloud, subnetId, mapPublicIp);
  },

  tag: (cloud, { subnetId }, change) => retag(cloud, subnetId, change),

  async delete(cloud, { subnetId }) {
    await unless(cloud.ec2.send(new DeleteSubnetCommand({ SubnetId: subnetId })), 'InvalidSubnetID.NotFound');
  },
};

async function setMapPublicIp(cloud: Cloud, SubnetId: string, Value: boolean): Promise<void> {
  await cloud.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }));
}
