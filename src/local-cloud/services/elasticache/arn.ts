import type { Call } from '../../operation.ts';

/** A resource type as ElastiCache's ARNs spell it. */
export type ArnType = 'replicationgroup' | 'cluster' | 'subnetgroup' | 'parametergroup' | 'serverlesscache';

/** `arn:aws:elasticache:eu-west-3:000000000000:replicationgroup:chat`. */
export function arnOf(
  { region, account }: Pick<Call, 'region' | 'account'>,
  type: ArnType,
  name: string,
): string {
  return `arn:aws:elasticache:${region}:${account}:${type}:${name}`;
}
