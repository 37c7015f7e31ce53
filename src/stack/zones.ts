import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import type { Cloud } from '../aws/cloud.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';

/** The first `count` availability zones of the region by name, leaving out local zones and those that are not available (`aws ec2 describe-availability-zones`). */
export async function zonesOf(cloud: Cloud, count: number): Promise<string[]> {
  const { AvailabilityZones = [] } = await cloud.ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: 'zone-type', Values: ['availability-zone'] },
        { Name: 'state', Values: ['available'] },
      ],
    }),
  );
  const names = AvailabilityZones.map(({ ZoneName }) => ZoneName!).sort();
  if (names.length < count) {
    throw new ChatopsError(`network.zones: ${cloud.region} has ${names.length} zones, not ${count}`, {
      code: 'config.zones',
      exit: ExitCode.config,
      hint: 'Ask for fewer zones, or choose another region.',
      fields: { zones: names },
    });
  }
  return names.slice(0, count);
}
