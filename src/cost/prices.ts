/** One price of AWS in us-east-1, on demand, without tax and without free tiers. */
export interface Price {
  /** US dollars per unit. */
  usd: number;
  /** What one unit is. */
  per: string;
  /** The page of AWS that lists it. */
  page: string;
  /** The day or month of the newest source that states it: `2026-10-02`, `2026-06`. */
  asOf: string;
  /** Whether a dated source stated it; without it, it is the last known price, as of the day that the table was made. */
  confirmed: boolean;
}

/** AWS's own pages, each the source of the prices that name it. */
const pages = {
  fargate: 'https://aws.amazon.com/fargate/pricing/',
  loadBalancing: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
  vpc: 'https://aws.amazon.com/vpc/pricing/',
  transfer: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  logs: 'https://aws.amazon.com/cloudwatch/pricing/',
  elasticache: 'https://aws.amazon.com/elasticache/pricing/',
  s3: 'https://aws.amazon.com/s3/pricing/',
  ecr: 'https://aws.amazon.com/ecr/pricing/',
} as const;

const stated = (usd: number, per: string, page: keyof typeof pages, asOf: string): Price => ({
  usd,
  per,
  page: pages[page],
  asOf,
  confirmed: true,
});

const lastKnown = (usd: number, per: string, page: keyof typeof pages): Price => ({
  usd,
  per,
  page: pages[page],
  asOf: '2026-11-20',
  confirmed: false,
});

/**
 * Everything that a stack pays for, except cache nodes, which node-prices.ts has by type. Spot prices move with
 * demand: these are a snapshot, about a third of the price on demand.
 */
export const prices = {
  fargate: {
    x86_64: {
      vcpu: stated(0.04048, 'vCPU-hour, x86_64', 'fargate', '2026-03'),
      gb: stated(0.004445, 'GB-hour, x86_64', 'fargate', '2026-03'),
    },
    arm64: {
      vcpu: stated(0.03238, 'vCPU-hour, arm64', 'fargate', '2026-03'),
      gb: stated(0.00356, 'GB-hour, arm64', 'fargate', '2026-03'),
    },
  },
  fargateSpot: {
    x86_64: {
      vcpu: lastKnown(0.01264, 'vCPU-hour, x86_64 Spot', 'fargate'),
      gb: lastKnown(0.00139, 'GB-hour, x86_64 Spot', 'fargate'),
    },
    arm64: {
      vcpu: lastKnown(0.01088, 'vCPU-hour, arm64 Spot', 'fargate'),
      gb: lastKnown(0.0012, 'GB-hour, arm64 Spot', 'fargate'),
    },
  },
  loadBalancer: stated(0.0225, 'load balancer-hour', 'loadBalancing', '2026-10'),
  lcu: lastKnown(0.008, 'LCU-hour', 'loadBalancing'),
  /** A serverless cache: what it holds, and what it does in ElastiCache processing units. */
  serverless: {
    valkey: {
      gb: stated(0.084, 'GB-hour, serverless valkey', 'elasticache', '2026-06'),
      ecpu: stated(0.0023e-6, 'ECPU, serverless valkey', 'elasticache', '2026-06'),
    },
    redis: {
      gb: stated(0.125, 'GB-hour, serverless redis', 'elasticache', '2026-06'),
      ecpu: stated(0.0034e-6, 'ECPU, serverless redis', 'elasticache', '2026-06'),
    },
  },
  /** In use or idle; the same in every region. */
  publicIpv4: stated(0.005, 'public IPv4 address-hour', 'vpc', '2026-06'),
  natGateway: stated(0.045, 'NAT gateway-hour', 'vpc', '2026-10'),
  /** An interface endpoint in one zone. Gateway endpoints cost nothing. */
  interfaceEndpoint: stated(0.01, 'endpoint-hour in a zone', 'vpc', '2026-06'),
  /** The first 100 GB of a month are free in each account; counted as paid, since others may use them up. */
  transferOut: lastKnown(0.09, 'GB to the internet', 'transfer'),
  logIngestion: stated(0.5, 'GB of logs taken in', 'logs', '2026-06'),
  logStorage: stated(0.03, 'GB-month of logs kept', 'logs', '2026-06'),
  /** Of each metric that an alarm looks at, at a minute or more. */
  alarmMetric: lastKnown(0.1, 'metric-month of an alarm', 'logs'),
  /** The first three of an account are free; counted as paid, since others may use them up. */
  dashboard: lastKnown(3, 'dashboard-month', 'logs'),
  objectStorage: lastKnown(0.023, 'GB-month in S3', 's3'),
  imageStorage: lastKnown(0.1, 'GB-month of images', 'ecr'),
} as const;
