import {
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type IpPermission,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { recordOf } from './picture-tags.ts';

/** Network and security groups, and the logical id by each id that EC2 made up. */
export async function networkPicture({ ec2 }: Cloud) {
  const [vpcs, gateways, subnets, tables, groups, addresses, nats, endpoints] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})),
    ec2.send(new DescribeInternetGatewaysCommand({})),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeRouteTablesCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeAddressesCommand({})),
    ec2.send(new DescribeNatGatewaysCommand({})),
    ec2.send(new DescribeVpcEndpointsCommand({})),
  ]);
  const ids = new Map<string, string>();
  const named = (id: string | undefined, tags: Tag[] | undefined) => {
    const name = tags?.find(({ Key }) => Key === 'chatops:id')?.Value;
    if (name !== undefined) ids.set(id!, name);
    return name !== undefined;
  };
  const picture = {
    vpcs: await Promise.all(
      vpcs
        .Vpcs!.filter(({ VpcId, Tags }) => named(VpcId, Tags))
        .map(async ({ VpcId, CidrBlock, Tags }) => ({
          id: VpcId,
          cidr: CidrBlock,
          dnsSupport: (
            await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' }))
          ).EnableDnsSupport?.Value,
          dnsHostnames: (
            await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }))
          ).EnableDnsHostnames?.Value,
          tags: recordOf(Tags),
        })),
    ),
    internetGateways: gateways
      .InternetGateways!.filter((one) => named(one.InternetGatewayId, one.Tags))
      .map(({ InternetGatewayId, Attachments }) => ({ id: InternetGatewayId, vpc: Attachments?.[0]?.VpcId })),
    subnets: byId(
      subnets.Subnets!.filter(({ SubnetId, Tags }) => named(SubnetId, Tags)),
      ids,
      ({ SubnetId }) => SubnetId,
      (one) => [one.VpcId, one.CidrBlock, one.AvailabilityZone, one.MapPublicIpOnLaunch],
    ),
    routeTables: byId(
      tables.RouteTables!.filter(({ RouteTableId, Tags }) => named(RouteTableId, Tags)),
      ids,
      ({ RouteTableId }) => RouteTableId,
      ({ Routes = [], Associations = [] }) => ({
        routes: Routes.map((route) => {
          const destination = route.DestinationCidrBlock ?? 'prefix list';
          return `${destination} → ${route.GatewayId ?? route.NatGatewayId}`;
        }).toSorted(),
        subnets: Associations.map(({ SubnetId }) => ids.get(SubnetId!) ?? '').toSorted(),
      }),
    ),
    securityGroups: byId(
      groups.SecurityGroups!.filter(({ GroupId, Tags }) => named(GroupId, Tags)),
      ids,
      ({ GroupId }) => GroupId,
      (one) => ({
        name: one.GroupName,
        ingress: (one.IpPermissions ?? []).flatMap(rules),
        egress: (one.IpPermissionsEgress ?? []).flatMap(rules),
      }),
    ),
    elasticIps: byId(
      addresses.Addresses!.filter(({ AllocationId, Tags }) => named(AllocationId, Tags)),
      ids,
      ({ AllocationId }) => AllocationId,
      ({ AssociationId }) => (AssociationId === undefined ? 'free' : 'in use'),
    ),
    natGateways: byId(
      nats.NatGateways!.filter((one) => one.State !== 'deleted' && named(one.NatGatewayId, one.Tags)),
      ids,
      ({ NatGatewayId }) => NatGatewayId,
      (one) => [one.State, one.SubnetId, one.NatGatewayAddresses?.[0]?.AllocationId],
    ),
    vpcEndpoints: byId(
      endpoints.VpcEndpoints!.filter(({ VpcEndpointId, Tags }) => named(VpcEndpointId, Tags)),
      ids,
      ({ VpcEndpointId }) => VpcEndpointId,
      (one) => ({
        service: one.ServiceName,
        type: one.VpcEndpointType,
        privateDns: one.PrivateDnsEnabled,
        places: [...(one.SubnetIds ?? []), ...(one.RouteTableIds ?? [])]
          .map((id) => ids.get(id) ?? '')
          .toSorted(),
        groups: one.Groups?.map(({ GroupId }) => GroupId),
      }),
    ),
  };
  return { picture, ids };
}

function byId<Item>(
  items: Item[],
  ids: Map<string, string>,
  idOf: (item: Item) => string | undefined,
  read: (item: Item) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [ids.get(idOf(item)!), read(item)]));
}

function rules({
  IpProtocol,
  FromPort,
  ToPort,
  IpRanges = [],
  UserIdGroupPairs = [],
}: IpPermission): string[] {
  const ports = IpProtocol === '-1' ? 'all' : `${IpProtocol} ${FromPort}-${ToPort}`;
  const peers = [...IpRanges.map(({ CidrIp }) => CidrIp), ...UserIdGroupPairs.map(({ GroupId }) => GroupId)];
  return peers.map((peer) => `${ports} ${peer}`);
}
