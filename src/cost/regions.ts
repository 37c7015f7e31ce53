/** How much dearer a region is than us-east-1. */
export interface RegionFactors {
  /** Fargate: the ratio of its price per vCPU-hour, from https://aws.amazon.com/fargate/pricing/. */
  fargate: number;
  /**
   * Everything else that is sold by the hour or stored: the ratio of a load balancer's price per hour. Cache nodes,
   * NAT gateways and logs are within some percent of it.
   */
  other: number;
  /** Traffic to the internet: the ratio of its price per GB. */
  transfer: number;
}

const row = (fargate: number, other: number, transfer: number): RegionFactors => ({
  fargate,
  other,
  transfer,
});

/**
 * The regions that an estimate can be made for. Fargate's ratios are those of its price list; the other two columns
 * are the last known ones as of 2026-11-20, good to about 10 %.
 */
export const regions: Readonly<Record<string, RegionFactors>> = {
  'us-east-1': row(1, 1, 1),
  'us-east-2': row(1, 1, 1),
  'us-west-1': row(1.15, 1.12, 1),
  'us-west-2': row(1, 1, 1),
  'ca-central-1': row(1.1, 1.1, 1),
  'eu-north-1': row(1.1, 1.06, 1),
  'eu-west-1': row(1, 1.12, 1),
  'eu-west-2': row(1.15, 1.18, 1),
  'eu-west-3': row(1.2, 1.18, 1),
  'eu-central-1': row(1.15, 1.2, 1),
  'eu-south-1': row(1.2, 1.18, 1),
  'ap-south-1': row(1.05, 1.06, 1.21),
  'ap-northeast-1': row(1.25, 1.08, 1.27),
  'ap-northeast-2': row(1.15, 1, 1.4),
  'ap-southeast-1': row(1.25, 1.12, 1.33),
  'ap-southeast-2': row(1.2, 1.12, 1.27),
  'ap-east-1': row(1.37, 1.23, 1.33),
  'sa-east-1': row(1.72, 1.51, 1.67),
  'af-south-1': row(1.35, 1.33, 1.71),
  'me-south-1': row(1.3, 1.23, 1.3),
};
