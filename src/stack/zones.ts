import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import type { Cloud } from '../aws/cloud.ts';
import type { Config } from '../config/schema.ts';
import type { Scope } from '../engine/resource.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { subnet } from '../resources/ec2/subnet.ts';
import { cidrOf } from './subnets.ts';

/** Ids of the zones without Fargate, and of the oldest one of us-east-1, which never got newer hardware (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html). Which name stands for them differs from account to account. */
const poor = new Set(['use1-az3', 'usw1-az2', 'apne1-az3', 'cnn1-az3']);

/**
 * The availability zones of a stack, in the order of their subnets: where it has subnets already, their zones, come
 * what may, for a zone that is impaired today is no reason to move everything; else the first ones by name that are
 * available (`aws ec2 describe-availability-zones`, `describe-subnets`).
 */
export async function zonesOf(
  cloud: Cloud,
  scope: Scope,
  { cidr, zones: count }: Pick<Config['network'], 'cidr' | 'zones'>,
): Promise<string[]> {
  const [{ AvailabilityZones = [] }, subnets] = await Promise.all([
    cloud.ec2.send(
      new DescribeAvailabilityZonesCommand({
        Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }],
      }),
    ),
    subnet.find(cloud, scope),
  ]);
  const held = Array.from({ length: count }, (_, index) => {
    const ranges = (['public', 'private', 'isolated'] as const).map((of) => cidrOf(of, cidr, index));
    return subnets.find(({ attrs }) => ranges.includes(attrs.cidr))?.attrs.zone;
  });
  const free = AvailabilityZones.filter(({ State, ZoneId }) => State === 'available' && !poor.has(ZoneId!))
    .map(({ ZoneName }) => ZoneName!)
    .filter((zone) => !held.includes(zone))
    .sort();
  const zones = held.map((zone) => zone ?? free.shift()).filter((zone) => zone !== undefined);
  if (zones.length < count) {
    throw new ChatopsError(
      `network.zones: ${cloud.region} has ${zones.length} zones that can be used, not ${count}`,
      {
        code: 'config.zones',
        exit: ExitCode.config,
        hint: 'Ask for fewer zones, or choose another region.',
        fields: { zones },
      },
    );
  }
  return zones;
}

/** Names that zones usually have, for a graph of which only the shape matters: nothing is looked up. */
export function usualZones(region: string, count: number): string[] {
  return ['a', 'b', 'c'].slice(0, count).map((letter) => `${region}${letter}`);
}
