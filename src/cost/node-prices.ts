import type { Price } from './prices.ts';

/**
 * US dollars per hour of one cache node with Redis OSS in us-east-1, from AWS's price list of 2026-10-02
 * (https://aws.amazon.com/elasticache/pricing/). Those of t2 are the last known, which no dated source states.
 */
const redisNodes: Record<string, number> = {
  'cache.t2.micro': 0.017,
  'cache.t2.small': 0.034,
  'cache.t2.medium': 0.068,
  'cache.t3.micro': 0.017,
  'cache.t3.small': 0.034,
  'cache.t3.medium': 0.068,
  'cache.t4g.micro': 0.016,
  'cache.t4g.small': 0.032,
  'cache.t4g.medium': 0.065,
  'cache.m5.large': 0.156,
  'cache.m5.xlarge': 0.311,
  'cache.m5.2xlarge': 0.623,
  'cache.m6g.large': 0.149,
  'cache.m6g.xlarge': 0.297,
  'cache.m6g.2xlarge': 0.593,
  'cache.m6g.4xlarge': 1.186,
  'cache.m7g.large': 0.158,
  'cache.m7g.xlarge': 0.315,
  'cache.m7g.2xlarge': 0.629,
  'cache.m7g.4xlarge': 1.257,
  'cache.m7g.8xlarge': 2.514,
  'cache.r5.large': 0.216,
  'cache.r5.xlarge': 0.431,
  'cache.r6g.large': 0.206,
  'cache.r6g.xlarge': 0.411,
  'cache.r6g.2xlarge': 0.821,
  'cache.r6g.4xlarge': 1.642,
  'cache.r7g.large': 0.219,
  'cache.r7g.xlarge': 0.437,
  'cache.r7g.2xlarge': 0.873,
  'cache.r7g.4xlarge': 1.745,
  'cache.r7g.8xlarge': 3.491,
  'cache.c7gn.large': 0.255,
  'cache.c7gn.xlarge': 0.509,
  'cache.c7gn.2xlarge': 1.018,
};

/** Types that are offered with Valkey only, at Valkey's price. */
const valkeyOnlyNodes: Record<string, number> = {
  'cache.m8g.large': 0.1266,
  'cache.m8g.xlarge': 0.2531,
  'cache.m8g.2xlarge': 0.5062,
  'cache.r8g.large': 0.1756,
  'cache.r8g.xlarge': 0.3511,
  'cache.r8g.2xlarge': 0.7022,
};

/** Valkey on the same node costs a fifth less than Redis OSS. */
const valkeyShare = 0.8;

/** The price of a cache node by engine and type in us-east-1, or undefined where the table does not have it. */
export function nodePrice(engine: string, nodeType: string): Price | undefined {
  const redis = redisNodes[nodeType];
  const asValkey = redis === undefined ? valkeyOnlyNodes[nodeType] : redis * valkeyShare;
  const usd = engine === 'valkey' ? asValkey : redis;
  if (usd === undefined) return undefined;
  return {
    usd,
    per: `${nodeType} node-hour, ${engine}`,
    page: 'https://aws.amazon.com/elasticache/pricing/',
    asOf: '2026-10-02',
    confirmed: !nodeType.startsWith('cache.t2.'),
  };
}
