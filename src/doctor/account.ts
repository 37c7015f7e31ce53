import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import type { Config } from '../config/schema.ts';
import { fail, failed, ok, skip, warn } from './check.ts';
import type { Check } from './check.ts';

/** Who runs it, and in which region (aws sts get-caller-identity, aws ec2 describe-availability-zones). */
export function accountChecks(cloud: Cloud, config: Config): Check[] {
  return [
    {
      name: 'credentials',
      run: async () => {
        const arn = await callerArn(cloud);
        if (!arn.endsWith(':root')) return ok(arn);
        return warn(
          `${arn}: the root user of the account`,
          'use a user or a role with what `chatops policy` prints',
        );
      },
    },
    {
      name: 'account',
      run: async () =>
        config.account === undefined
          ? skip(`${cloud.account}; the config names none`, 'set "account" in the config to refuse any other')
          : ok(`${cloud.account}, as the config asks`),
    },
    {
      name: 'region',
      run: async () => {
        const zones = await zonesIn(cloud);
        if (zones instanceof Error) return failed(zones);
        const { zones: wanted } = config.network;
        return zones.length < wanted
          ? fail(
              `network.zones: ${cloud.region} has ${zones.length} zones, not ${wanted}`,
              'ask for fewer zones, or choose another region',
            )
          : ok(`${cloud.region} answers and has ${zones.length} zones`);
      },
    },
  ];
}

/** The ARN of the credentials in use. */
export async function callerArn(cloud: Pick<Cloud, 'sts'>): Promise<string> {
  const { Arn } = await cloud.sts.send(new GetCallerIdentityCommand({}));
  return Arn!;
}

async function zonesIn(cloud: Cloud): Promise<string[] | Error> {
  try {
    const { AvailabilityZones = [] } = await cloud.ec2.send(
      new DescribeAvailabilityZonesCommand({
        Filters: [
          { Name: 'zone-type', Values: ['availability-zone'] },
          { Name: 'state', Values: ['available'] },
        ],
      }),
    );
    return AvailabilityZones.map(({ ZoneName }) => ZoneName!);
  } catch (error) {
    return explain(error);
  }
}
