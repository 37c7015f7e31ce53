import { lcusOf, round } from './lcu.ts';
import type { Measure } from './lcu.ts';
import type { CostLine, PricedResource } from './line.ts';
import type { Price } from './prices.ts';
import { regions } from './regions.ts';
import type { RegionFactors } from './regions.ts';
import { resourceLines, volumes } from './resource-lines.ts';
import { hoursPerMonth, trafficAssumptions, trafficOf } from './traffic.ts';

/** What a set of resources costs in a month of {@link hoursPerMonth} hours, in US dollars. Plain data. */
export interface Estimate {
  region: string;
  clients: number;
  lines: CostLine[];
  /** The sum of all lines that have a price. Where a service scales, it and the lines are for the fewest tasks. */
  monthly: number;
  /** The sum with the most tasks; the same where nothing scales. */
  monthlyMost: number;
  /** Ids of resources that the table has no price for: they cost more than the sum says. */
  unknown: string[];
  /** How the LCUs come about, the measure that is charged first. */
  lcus: Measure[];
  assumptions: string[];
}

/** The monthly cost of resources in a region with so many clients, or undefined where the table does not have the region. Pure. */
export function estimate(
  all: readonly PricedResource[],
  region: string,
  clients: number,
): Estimate | undefined {
  const factors = regions[region];
  if (factors === undefined) return undefined;
  const traffic = trafficOf(clients);
  const linesWith = (tasks: 'min' | 'max') => {
    const sized = all.map((resource) => withTasks(resource, tasks));
    return sized.flatMap((resource) => resourceLines(resource, { all: sized, factors, traffic }));
  };
  const lines = linesWith('min');
  return {
    region,
    clients,
    lines,
    monthly: sumOf(lines),
    monthlyMost: sumOf(linesWith('max')),
    unknown: [...new Set(lines.filter(({ monthly }) => monthly === undefined).map(({ id }) => id))],
    lcus: lcusOf(traffic),
    assumptions: [
      `a month has ${hoursPerMonth} hours; on demand, without tax, free tiers, savings plans and support`,
      ...trafficAssumptions,
      `each task logs ${volumes.logGbPerTask} GB a month; the repository holds ${volumes.imageGb} GB`,
      ...all.flatMap(scalingAssumption),
      ...(all.some(({ type }) => type === 'AWS::ElastiCache::ServerlessCache')
        ? [`a message takes ${volumes.ecpusPerMessage} ECPUs; the serverless cache holds the least`]
        : []),
      ...(all.some(({ type }) => type === 'AWS::S3::Bucket')
        ? [`the load balancer writes ${volumes.accessLogGb} GB of access logs a month, compressed`]
        : []),
      'not counted: traffic between zones, Container Insights, cache snapshots, data through NAT gateways and endpoints',
      ...regionAssumption(region, factors),
      ...datedPrices(lines.flatMap(({ prices }) => prices)),
    ],
  };
}

function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { monthly = 0 }) => sum + monthly, 0);
}

/** Where the service scales, as if it always had the fewest or the most tasks. */
function withTasks(resource: PricedResource, which: 'min' | 'max'): PricedResource {
  const { scaled } = resource.settings as { scaled?: { min: number; max: number } };
  if (scaled === undefined) return resource;
  return { ...resource, settings: { ...resource.settings, desiredCount: scaled[which] } };
}

function scalingAssumption({ settings }: PricedResource): string[] {
  const { scaled } = settings as { scaled?: { min: number; max: number } };
  if (scaled === undefined) return [];
  return [`the service scales: the lines are for ${scaled.min} tasks, the total ends with ${scaled.max}`];
}

function regionAssumption(region: string, { fargate, other, transfer }: RegionFactors): string[] {
  if (fargate === 1 && other === 1 && transfer === 1) return [];
  return [
    `${region}: prices of us-east-1 times ${round(fargate)} (Fargate), ${round(transfer)} (to the internet) and ${round(other)} (the rest, to about 10 %)`,
  ];
}

function datedPrices(used: readonly Price[]): string[] {
  if (used.length === 0) return [];
  const dates = used.filter(({ confirmed }) => confirmed).map(({ asOf }) => asOf);
  const unconfirmed = [...new Set(used.filter(({ confirmed }) => !confirmed).map(({ per }) => per))];
  return [
    ...(dates.length === 0 ? [] : [`prices as of ${dates.toSorted()[0]} or later`]),
    ...(unconfirmed.length === 0
      ? []
      : [`last known, not confirmed: the price per ${unconfirmed.join(', per ')}`]),
  ];
}
