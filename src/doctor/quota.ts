import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Cloud } from '../aws/cloud.ts';
import { unless } from '../aws/unless.ts';

/** A quota of a region by its codes, with what AWS gives everybody. */
export interface Quota {
  service: string;
  code: string;
  /** As Service Quotas shows it. */
  name: string;
  usual: number;
}

/** What is known of a quota: as applied to the account, or only what is usual. */
export interface QuotaValue {
  value: number;
  isApplied: boolean;
}

/** https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
export const quotas = {
  vpcs: { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region', usual: 5 },
  elasticIps: { service: 'ec2', code: 'L-0263D0A3', name: 'EC2-VPC Elastic IPs', usual: 5 },
  fargate: {
    service: 'fargate',
    code: 'L-3032A538',
    name: 'Fargate On-Demand vCPU resource count',
    usual: 6,
  },
  fargateSpot: {
    service: 'fargate',
    code: 'L-36FBB829',
    name: 'Fargate Spot vCPU resource count',
    usual: 6,
  },
} as const satisfies Record<string, Quota>;

/** The value of a quota for this account and region; the usual one where Service Quotas may not be asked (`aws service-quotas get-service-quota`, `get-aws-default-service-quota`). */
export async function quotaValue(
  { serviceQuotas }: Pick<Cloud, 'serviceQuotas'>,
  { service, code, usual }: Quota,
): Promise<QuotaValue> {
  const input = { ServiceCode: service, QuotaCode: code };
  try {
    // A quota that was never touched may have no applied value.
    const { Quota } =
      (await unless(serviceQuotas.send(new GetServiceQuotaCommand(input)), 'NoSuchResourceException')) ??
      (await serviceQuotas.send(new GetAWSDefaultServiceQuotaCommand(input)));
    return Quota?.Value === undefined
      ? { value: usual, isApplied: false }
      : { value: Quota.Value, isApplied: true };
  } catch {
    return { value: usual, isApplied: false };
  }
}
