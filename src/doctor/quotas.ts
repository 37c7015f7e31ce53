import {
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import { fail, ok, skip, warn } from './check.ts';
import type { Check } from './check.ts';

/** What a stack takes of an account's quotas. */
export interface Demand {
  /** Whether a VPC has to be made. */
  vpc: boolean;
  /** Elastic IPs that have to be allocated. */
  elasticIps: number;
  /** vCPUs of Fargate, at the height of a deployment. */
  fargateVcpu: number;
}

/** VPCs of a region that an account may have where nobody raised the quota (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html). */
const usualVpcs = 5;

/** Whether the account has room for the stack. Quotas themselves are read only where EC2 tells them. */
export function quotaChecks(cloud: Cloud, demand: () => Promise<Demand>): Check[] {
  return [
    {
      name: 'VPCs',
      run: async () => {
        if (!(await demand()).vpc) return ok('the stack has its own already');
        const vpcs = await vpcsIn(cloud);
        if (vpcs instanceof Error) return skip(vpcs.message);
        return vpcs < usualVpcs
          ? ok(`${vpcs} of the usual ${usualVpcs} in ${cloud.region}`)
          : warn(
              `${vpcs} in ${cloud.region}, and the usual quota is ${usualVpcs}`,
              'look at "VPCs per Region" in Service Quotas, and raise it if it is not higher',
            );
      },
    },
    {
      name: 'elastic IPs',
      run: async () => {
        const { elasticIps } = await demand();
        if (elasticIps === 0) return ok('none needed');
        const room = await addressesIn(cloud);
        if (room instanceof Error) return skip(room.message);
        const says = `${elasticIps} needed, ${room.used} of ${room.most} in use in ${cloud.region}`;
        return room.used + elasticIps <= room.most
          ? ok(says)
          : fail(says, 'raise "EC2-VPC Elastic IPs" in Service Quotas, or release what is not used');
      },
    },
    {
      name: 'Fargate vCPU',
      run: async () =>
        skip(
          `up to ${(await demand()).fargateVcpu} in a deployment; the quota is not read`,
          'compare with "Fargate On-Demand vCPU resource count" in Service Quotas',
        ),
    },
  ];
}

/** aws ec2 describe-vpcs */
async function vpcsIn({ ec2 }: Cloud): Promise<number | Error> {
  try {
    let count = 0;
    for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: ec2 }, {})) count += Vpcs.length;
    return count;
  } catch (error) {
    return explain(error);
  }
}

/** aws ec2 describe-addresses, describe-account-attributes */
async function addressesIn({ ec2 }: Cloud): Promise<{ used: number; most: number } | Error> {
  try {
    const [{ Addresses = [] }, { AccountAttributes = [] }] = await Promise.all([
      ec2.send(new DescribeAddressesCommand({})),
      // All of them: the one that counts is not among the names that the SDK's types accept.
      ec2.send(new DescribeAccountAttributesCommand({})),
    ]);
    const most = AccountAttributes.find(({ AttributeName }) => AttributeName === 'vpc-max-elastic-ips')
      ?.AttributeValues?.[0]?.AttributeValue;
    if (most === undefined) return new Error('EC2 does not say how many elastic IPs there may be');
    return { used: Addresses.length, most: Number(most) };
  } catch (error) {
    return explain(error);
  }
}
