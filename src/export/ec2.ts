import { elasticIp } from '../resources/ec2/elastic-ip.ts';
import { internetGateway } from '../resources/ec2/internet-gateway.ts';
import { natGateway } from '../resources/ec2/nat-gateway.ts';
import { routeTable } from '../resources/ec2/route-table.ts';
import { securityGroup } from '../resources/ec2/security-group.ts';
import type { SecurityGroupRule } from '../resources/ec2/security-group-rule.ts';
import { subnet } from '../resources/ec2/subnet.ts';
import { vpc } from '../resources/ec2/vpc.ts';
import { vpcEndpoint } from '../resources/ec2/vpc-endpoint.ts';
import { link, links, type Body } from './hcl.ts';
import { mapping, nameOf, type Exported, type Mapping, type Stack } from './mapping.ts';

/** VPC, gateways, subnets, routes, endpoints and security groups. */
export const ec2: Mapping[] = [
  mapping(vpc, ({ attrs, name, tags }) => [
    {
      type: 'aws_vpc',
      name,
      importId: attrs.vpcId,
      known: { [attrs.vpcId]: 'id' },
      body: {
        cidr_block: attrs.cidr,
        enable_dns_support: attrs.dnsSupport,
        enable_dns_hostnames: attrs.dnsHostnames,
        tags: tags(),
      },
    },
  ]),
  mapping(internetGateway, ({ attrs, name, tags }) => [
    {
      type: 'aws_internet_gateway',
      name,
      importId: attrs.internetGatewayId,
      known: { [attrs.internetGatewayId]: 'id' },
      body: { vpc_id: attrs.vpcId && link(attrs.vpcId), tags: tags() },
    },
  ]),
  mapping(subnet, ({ attrs, name, tags }) => [
    {
      type: 'aws_subnet',
      name,
      importId: attrs.subnetId,
      known: { [attrs.subnetId]: 'id' },
      body: {
        vpc_id: link(attrs.vpcId),
        cidr_block: attrs.cidr,
        availability_zone: attrs.zone,
        map_public_ip_on_launch: attrs.mapPublicIp,
        tags: tags(),
      },
    },
  ]),
  mapping(elasticIp, ({ attrs, name, tags }) => [
    {
      type: 'aws_eip',
      name,
      importId: attrs.allocationId,
      known: { [attrs.allocationId]: 'id' },
      body: { domain: 'vpc', tags: tags() },
    },
  ]),
  mapping(natGateway, ({ attrs, name, tags }) => [
    {
      type: 'aws_nat_gateway',
      name,
      importId: attrs.natGatewayId,
      known: { [attrs.natGatewayId]: 'id' },
      body: {
        allocation_id: link(attrs.allocationId),
        subnet_id: link(attrs.subnetId),
        tags: tags(),
      },
    },
  ]),
  mapping(routeTable, ({ attrs, name, tags }, stack) => [
    {
      type: 'aws_route_table',
      name,
      importId: attrs.routeTableId,
      known: { [attrs.routeTableId]: 'id' },
      body: { vpc_id: link(attrs.vpcId), tags: tags() },
    },
    ...attrs.routes.map(({ destination, target }): Exported => {
      const argument = targetArgument(target);
      return {
        type: 'aws_route',
        name: nameOf(name, destination === '0.0.0.0/0' ? 'default' : destination),
        importId: `${attrs.routeTableId}_${destination}`,
        body:
          argument === undefined
            ? undefined
            : {
                route_table_id: link(attrs.routeTableId),
                destination_cidr_block: destination,
                [argument]: link(target),
              },
      };
    }),
    ...attrs.subnetIds.toSorted().map((subnetId) => ({
      type: 'aws_route_table_association',
      name: nameOf(name, stack.of(subnet).find((one) => one.ref === subnetId)?.id ?? subnetId),
      importId: `${subnetId}/${attrs.routeTableId}`,
      body: { subnet_id: link(subnetId), route_table_id: link(attrs.routeTableId) },
    })),
  ]),
  mapping(vpcEndpoint, ({ attrs, name, tags }) => [
    {
      type: 'aws_vpc_endpoint',
      name,
      importId: attrs.vpcEndpointId,
      known: { [attrs.vpcEndpointId]: 'id' },
      body: {
        vpc_id: link(attrs.vpcId),
        service_name: attrs.serviceName,
        vpc_endpoint_type: attrs.type,
        ...(attrs.type === 'Interface'
          ? {
              subnet_ids: links(attrs.subnetIds),
              security_group_ids: links(attrs.securityGroupIds),
              private_dns_enabled: attrs.privateDns,
            }
          : { route_table_ids: links(attrs.routeTableIds) }),
        tags: tags(),
      },
    },
  ]),
  mapping(securityGroup, ({ attrs, name, tags }, stack) => [
    {
      type: 'aws_security_group',
      name,
      importId: attrs.groupId,
      known: { [attrs.groupId]: 'id' },
      body: {
        name: attrs.name,
        description: attrs.description,
        vpc_id: link(attrs.vpcId),
        tags: tags(),
      },
    },
    ...attrs.ingress.map((rule) => ruleOf(name, attrs.groupId, 'ingress', rule, stack)),
    ...attrs.egress.map((rule) => ruleOf(name, attrs.groupId, 'egress', rule, stack)),
  ]),
];

/** Resources of their own, for two groups may name each other. Their ids are made of what they say. */
function ruleOf(
  group: string,
  groupId: string,
  type: 'ingress' | 'egress',
  { protocol, fromPort, toPort, peer }: SecurityGroupRule,
  stack: Stack,
): Exported {
  const [from, to] = [fromPort ?? 0, toPort ?? 0];
  const ports = from === to ? [`${from}`] : [`${from}`, `${to}`];
  const about = protocol === '-1' ? ['all'] : [protocol, ...ports];
  const isSelf = peer === groupId;
  const peerName = stack.of(securityGroup).find((one) => one.ref === peer)?.id ?? peer;
  return {
    type: 'aws_security_group_rule',
    name: nameOf(group, type, ...about, isSelf ? 'self' : peerName),
    importId: [groupId, type, protocol === '-1' ? 'all' : protocol, from, to, isSelf ? 'self' : peer].join(
      '_',
    ),
    body: {
      security_group_id: link(groupId),
      type,
      protocol,
      from_port: from,
      to_port: to,
      ...(isSelf ? { self: true } : peerArgument(peer)),
    },
  };
}

function peerArgument(peer: string): Body {
  if (peer.startsWith('sg-')) return { source_security_group_id: link(peer) };
  if (peer.startsWith('pl-')) return { prefix_list_ids: [peer] };
  return peer.includes(':') ? { ipv6_cidr_blocks: [peer] } : { cidr_blocks: [peer] };
}

/** The argument of `aws_route` for what a route leads to; undefined for what chatops does not read. */
function targetArgument(target: string): string | undefined {
  const [prefix = ''] = target.split('-');
  return { igw: 'gateway_id', vgw: 'gateway_id', nat: 'nat_gateway_id', eni: 'network_interface_id' }[prefix];
}
