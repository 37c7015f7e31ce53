import {
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../aws/cloud.ts';
import { unless } from '../aws/unless.ts';
import type { Config } from '../config/schema.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { collect } from '../resources/shared/pages.ts';

/**
 * Looks the existing VPC and its subnets up (`aws ec2 describe-vpcs`, `describe-subnets`, `describe-route-tables`).
 * Throws a ChatopsError (exit 3) with everything that is wrong with them.
 */
export async function checkExistingNetwork(
  cloud: Cloud,
  { vpc, subnets = { public: [] } }: Config['network'],
): Promise<void> {
  const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpc!] }] };
  const [vpcs, dns, all, tables] = await Promise.all([
    unless(cloud.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc!] })), 'InvalidVpcID.NotFound'),
    unless(
      cloud.ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpc, Attribute: 'enableDnsSupport' })),
      'InvalidVpcID.NotFound',
    ),
    collect(paginateDescribeSubnets({ client: cloud.ec2 }, inVpc), (page) => page.Subnets),
    collect(paginateDescribeRouteTables({ client: cloud.ec2 }, inVpc), (page) => page.RouteTables),
  ]);
  if ((vpcs?.Vpcs ?? []).length === 0) {
    throw wrong([`network.vpc: ${vpc} does not exist in ${cloud.region}`], cloud);
  }
  const problems = Object.entries(subnets).flatMap(([use, ids]) => problemsOf(use, ids, all));
  const facing = all.filter(({ SubnetId }) => subnets.public.includes(SubnetId!));
  problems.push(
    ...(dns?.EnableDnsSupport?.Value === false
      ? [`network.vpc: ${vpc} has no name server; enable its DNS support`]
      : []),
    ...facing
      .filter((subnet) => !reachesInternet(subnet, tables))
      .map(({ SubnetId }) => `network.subnets.public: ${SubnetId} has no route to an internet gateway`),
    ...facing
      .filter(({ AvailableIpAddressCount = 0 }) => AvailableIpAddressCount < 8)
      .map(({ SubnetId }) => `network.subnets.public: ${SubnetId} has fewer than 8 free addresses`),
  );
  if (new Set(facing.map(({ AvailabilityZone }) => AvailabilityZone)).size < facing.length) {
    problems.push('network.subnets.public: a load balancer takes one subnet per zone');
  }
  if (problems.length > 0) throw wrong(problems, cloud);
}

function problemsOf(use: string, ids: string[], all: Subnet[]): string[] {
  const found = all.filter(({ SubnetId }) => ids.includes(SubnetId!));
  const missing = ids.filter((id) => !found.some(({ SubnetId }) => SubnetId === id));
  if (missing.length > 0) return [`network.subnets.${use}: ${missing.join(', ')} is not in the VPC`];
  const zones = new Set(found.map(({ AvailabilityZone }) => AvailabilityZone));
  return zones.size < 2 ? [`network.subnets.${use}: must be in two zones at least`] : [];
}

/** A subnet without a route table of its own follows the main one. */
function reachesInternet({ SubnetId }: Subnet, tables: RouteTable[]): boolean {
  const table =
    tables.find(({ Associations }) => Associations?.some((each) => each.SubnetId === SubnetId)) ??
    tables.find(({ Associations }) => Associations?.some(({ Main }) => Main));
  return (table?.Routes ?? []).some(
    ({ DestinationCidrBlock, GatewayId }) =>
      DestinationCidrBlock === '0.0.0.0/0' && GatewayId?.startsWith('igw-') === true,
  );
}

function wrong([first, ...others]: string[], { region }: Cloud): ChatopsError {
  return new ChatopsError(first!, {
    code: 'config.network',
    exit: ExitCode.config,
    details: others,
    hint: 'Correct "network.vpc" and "network.subnets", or put right what they name.',
    fields: { region, problems: [first, ...others] },
  });
}
