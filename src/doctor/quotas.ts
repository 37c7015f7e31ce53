import { DescribeAddressesCommand, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import { fail, ok, skip, warn } from './check.ts';
import type { Check, Outcome } from './check.ts';
import { quotas, quotaValue } from './quota.ts';
import type { Quota } from './quota.ts';

/** What a stack takes of an account's quotas. */
export interface Demand {
  /** VPCs that have to be made. */
  vpcs: number;
  /** Elastic IPs that have to be allocated. */
  elasticIps: number;
  /** vCPUs of Fargate with as many tasks as there may be, at the height of a deployment. */
  fargateVcpu: number;
  /** Whether they are on Spot. */
  spot: boolean;
}

/** Whether the account has room for the stack: against the quotas as Service Quotas has them, or the usual ones where it does not tell. */
export function quotaChecks(cloud: Cloud, demand: () => Promise<Demand>): Check[] {
  return [
    {
      name: 'VPCs',
      run: async () => {
        const { vpcs } = await demand();
        if (vpcs === 0) return ok('no further one needed');
        return room(cloud, { needed: vpcs, quota: quotas.vpcs, used: () => vpcsIn(cloud) });
      },
    },
    {
      name: 'elastic IPs',
      run: async () => {
        const { elasticIps } = await demand();
        if (elasticIps === 0) return ok('none needed');
        return room(cloud, { needed: elasticIps, quota: quotas.elasticIps, used: () => addressesIn(cloud) });
      },
    },
    {
      name: 'Fargate vCPU',
      run: async () => {
        const { fargateVcpu: needed, spot } = await demand();
        const quota = spot ? quotas.fargateSpot : quotas.fargate;
        const { value, isApplied } = await quotaValue(cloud, quota);
        const says = `up to ${needed} in a deployment${spot ? ' on Spot' : ''}, of ${isApplied ? '' : 'the usual '}${value} for everything in ${cloud.region}`;
        return needed <= value ? ok(says) : shortOf(quota, says, isApplied);
      },
    },
  ];
}

interface Room {
  needed: number;
  quota: Quota;
  used: () => Promise<number>;
}

async function room(cloud: Cloud, { needed, quota, used }: Room): Promise<Outcome> {
  try {
    const [count, { value, isApplied }] = await Promise.all([used(), quotaValue(cloud, quota)]);
    const says = `${needed} needed, ${count} of ${isApplied ? '' : 'the usual '}${value} in use in ${cloud.region}`;
    return count + needed <= value ? ok(says) : shortOf(quota, says, isApplied);
  } catch (error) {
    return skip(explain(error).message);
  }
}

function shortOf({ name }: Quota, says: string, isApplied: boolean): Outcome {
  return isApplied
    ? fail(says, `raise "${name}" in Service Quotas, or release what is not used`)
    : warn(
        `${says}; the quota itself could not be read`,
        `look at "${name}" in Service Quotas, or allow servicequotas:GetServiceQuota to have it looked at`,
      );
}

/** aws ec2 describe-vpcs */
async function vpcsIn({ ec2 }: Cloud): Promise<number> {
  let count = 0;
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: ec2 }, {})) count += Vpcs.length;
  return count;
}

/** aws ec2 describe-addresses */
async function addressesIn({ ec2 }: Cloud): Promise<number> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return Addresses.length;
}
