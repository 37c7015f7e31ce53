import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  ModifyVpcAttributeCommand,
  paginateDescribeVpcs,
  type VpcAttributeName,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields, touches } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface VpcProps {
  cidr: string;
  /** Whether the VPC's own name server answers. */
  dnsSupport: boolean;
  /** Whether public addresses get names. */
  dnsHostnames: boolean;
}

interface VpcAttrs extends VpcProps {
  vpcId: string;
  state: string;
}

/** A virtual private cloud (`aws ec2 describe-vpcs`, `describe-vpc-attribute`). */
export const vpc: ResourceKind<Cloud, VpcProps, VpcAttrs> = {
  type: 'AWS::EC2::VPC',
  stateful: true,

  async find(cloud, scope) {
    const pages = paginateDescribeVpcs({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const vpcs = await collect(pages, (page) => page.Vpcs);
    return owned(
      scope,
      await Promise.all(
        vpcs.map(async ({ VpcId, CidrBlock, State, Tags }) => {
          const [dnsSupport, dnsHostnames] = await Promise.all([
            attribute(cloud, VpcId!, 'enableDnsSupport'),
            attribute(cloud, VpcId!, 'enableDnsHostnames'),
          ]);
          return {
            tags: Tags,
            ref: VpcId!,
            attrs: { vpcId: VpcId!, cidr: CidrBlock!, state: State!, dnsSupport, dnsHostnames },
          };
        }),
      ),
    );
  },

  diff: (desired, current) =>
    compareFields(desired, current, { cidr: 'replace', dnsSupport: 'update', dnsHostnames: 'update' }),

  ready: ({ state }) => state === 'available' || state,

  async create(cloud, props, step) {
    const { Vpc } = await cloud.ec2.send(
      new CreateVpcCommand({ CidrBlock: props.cidr, TagSpecifications: tagSpecifications('vpc', step.tags) }),
    );
    // A new VPC has a name server and gives no names.
    if (!props.dnsSupport) await setDnsSupport(cloud, Vpc!.VpcId!, false);
    if (props.dnsHostnames) await setDnsHostnames(cloud, Vpc!.VpcId!, true);
  },

  async update(cloud, props, { vpcId }, changes) {
    // Names need the name server, so that one goes first.
    if (touches(changes, 'dnsSupport')) await setDnsSupport(cloud, vpcId, props.dnsSupport);
    if (touches(changes, 'dnsHostnames')) await setDnsHostnames(cloud, vpcId, props.dnsHostnames);
  },

  tag: (cloud, { vpcId }, change) => retag(cloud, vpcId, change),

  async delete(cloud, { vpcId }) {
    await unless(cloud.ec2.send(new DeleteVpcCommand({ VpcId: vpcId })), 'InvalidVpcID.NotFound');
  },
};

async function attribute(
  cloud: Cloud,
  VpcId: string,
  Attribute: Extract<VpcAttributeName, 'enableDnsSupport' | 'enableDnsHostnames'>,
): Promise<boolean> {
  const answer = await unless(
    cloud.ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute })),
    // Deleted between the two calls.
    'InvalidVpcID.NotFound',
  );
  const value = Attribute === 'enableDnsSupport' ? answer?.EnableDnsSupport : answer?.EnableDnsHostnames;
  return value?.Value ?? false;
}

async function setDnsSupport(cloud: Cloud, VpcId: string, Value: boolean): Promise<void> {
  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value } }));
}

async function setDnsHostnames(cloud: Cloud, VpcId: string, Value: boolean): Promise<void> {
  await cloud.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value } }));
}
