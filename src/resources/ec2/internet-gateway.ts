import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DetachInternetGatewayCommand,
  paginateDescribeInternetGateways,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compareFields } from '../shared/compare.ts';
import { collect } from '../shared/pages.ts';
import { owned, ownedBy, tagSpecifications } from '../shared/tags.ts';
import { retag } from './tags.ts';

interface InternetGatewayProps {
  /** The VPC that it is attached to. */
  vpcId: string;
}

interface InternetGatewayAttrs {
  internetGatewayId: string;
  vpcId: string | undefined;
}

/** An internet gateway together with its attachment, which cannot be tagged (`aws ec2 describe-internet-gateways`). */
export const internetGateway: ResourceKind<Cloud, InternetGatewayProps, InternetGatewayAttrs> = {
  type: 'AWS::EC2::InternetGateway',

  async find(cloud, scope) {
    const pages = paginateDescribeInternetGateways({ client: cloud.ec2 }, { Filters: ownedBy(scope) });
    const gateways = await collect(pages, (page) => page.InternetGateways);
    return owned(
      scope,
      gateways.map(({ InternetGatewayId, Attachments, Tags }) => ({
        tags: Tags,
        ref: InternetGatewayId!,
        attrs: { internetGatewayId: InternetGatewayId!, vpcId: Attachments?.[0]?.VpcId },
      })),
    );
  },

  diff: (desired, current) => compareFields(desired, current, { vpcId: 'update' }),

  async create(cloud, { vpcId }, step) {
    const { InternetGateway } = await cloud.ec2.send(
      new CreateInternetGatewayCommand({
        TagSpecifications: tagSpecifications('internet-gateway', step.tags),
      }),
    );
    await attach(cloud, InternetGateway!.InternetGatewayId!, vpcId);
  },

  async update(cloud, { vpcId }, current) {
    await detach(cloud, current);
    await attach(cloud, current.internetGatewayId, vpcId);
  },

  tag: (cloud, { internetGatewayId }, change) => retag(cloud, internetGatewayId, change),

  async delete(cloud, current, step) {
    step.note('detaching');
    await detach(cloud, current);
    await unless(
      cloud.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: current.internetGatewayId })),
      'InvalidInternetGatewayID.NotFound',
    );
  },
};

async function attach(cloud: Cloud, InternetGatewayId: string, VpcId: string): Promise<void> {
  await cloud.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
}

async function detach(
  cloud: Cloud,
  { internetGatewayId: InternetGatewayId, vpcId: VpcId }: InternetGatewayAttrs,
): Promise<void> {
  if (VpcId === undefined) return;
  await unless(
    cloud.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
    'Gateway.NotAttached',
    'InvalidInternetGatewayID.NotFound',
  );
}
