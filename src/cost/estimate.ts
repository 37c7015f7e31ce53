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
  /** The sum of all lines that have a price. */
  monthly: number;
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
  const lines = all.flatMap((resource) => resourceLines(resource, { all, factors, traffic }));
  return {
    region,
    clients,
    lines,
    monthly: lines.reduce((sum, { monthly = 0 }) => sum + monthly, 0),
    unknown: [...new Set(lines.filter(({ monthly }) => monthly === undefined).map(({ id }) => id))],
    lcus: lcusOf(traffic),
    assumptions: [
      `a month has ${hoursPerMonth} hours; on demand, without tax, free tiers, savings plans and support`,
      ...trafficAssumptions,
      `each task logs ${volumes.logGbPerTask} GB a month; the repository holds ${volumes.imageGb} GB`,
      ...(all.some(({ type }) => type === 'AWS::ElastiCache::ServerlessCache')
        ? [`a message takes ${volumes.ecpusPerMessage} ECPUs; the serverless cache holds the least`]
        : []),
      'not counted: traffic between zones, Container Insights, cache snapshots, alarms, data through NAT gateways and endpoints',
      ...regionAssumption(region, factors),
      ...datedPrices(lines.flatMap(({ prices }) => prices)),
    ],
  };
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
