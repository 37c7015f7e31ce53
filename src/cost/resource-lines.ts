import { hoursPerMonth } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { lcusOf, round } from './lcu.ts';
import { lineOf } from './line.ts';
import type { CostLine, PricedResource } from './line.ts';
import { nodePrice } from './node-prices.ts';
import { prices } from './prices.ts';
import type { RegionFactors } from './regions.ts';
import { taskLines } from './task-lines.ts';

/** What the price of one resource may depend on besides itself. */
export interface Surroundings {
  all: readonly PricedResource[];
  factors: RegionFactors;
  traffic: Traffic;
}

/** GB of logs that a task writes in a month, GB of images in a repository, GB of access logs in a month, and what a message takes of a serverless cache. */
export const volumes = { logGbPerTask: 1, imageGb: 1, accessLogGb: 1, ecpusPerMessage: 5 } as const;

/** The least that a serverless cache is paid for, in GB. */
const leastServerlessGb = { valkey: 0.1, redis: 1 } as const;

type Pricing = (resource: PricedResource, surroundings: Surroundings) => CostLine[];

/** How each type is priced; a type that is not here costs nothing by itself. */
const pricings: Readonly<Record<string, Pricing>> = {
  'AWS::ECS::Service': taskLines,

  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ id, settings }, { factors, traffic }) => {
    const [most] = lcusOf(traffic);
    const zones = listed(settings['subnetIds']).length;
    const isPublic = settings['scheme'] !== 'internal';
    return [
      lineOf(id, 'hours', hoursPerMonth, prices.loadBalancer, factors.other),
      lineOf(
        id,
        `${round(most!.lcus)} LCUs: ${most!.how}`,
        most!.lcus * hoursPerMonth,
        prices.lcu,
        factors.other,
      ),
      ...(isPublic
        ? [lineOf(id, `${zones} public IPv4, one per zone`, zones * hoursPerMonth, prices.publicIpv4)]
        : []),
      lineOf(
        id,
        `${round(traffic.gbOutPerMonth)} GB to the internet`,
        traffic.gbOutPerMonth,
        prices.transferOut,
        factors.transfer,
      ),
    ];
  },

  'AWS::ElastiCache::ReplicationGroup': ({ id, settings }, { factors }) => {
    const { engine, nodeType } = settings as { engine?: string; nodeType?: string };
    const nodes = nodesIn(settings);
    const what = `${nodes} × ${nodeType ?? 'a node of unknown type'}, ${engine ?? 'engine unknown'}`;
    const price = nodePrice(engine ?? '', nodeType ?? '');
    if (price === undefined) return [{ id, what, monthly: undefined, prices: [] }];
    return [lineOf(id, what, nodes * hoursPerMonth, price, factors.other)];
  },

  'AWS::ElastiCache::ServerlessCache': ({ id, settings }, { factors, traffic }) => {
    const engine = settings['engine'] === 'redis' ? 'redis' : 'valkey';
    const { gb, ecpu } = prices.serverless[engine];
    const least = leastServerlessGb[engine];
    const ecpus = traffic.messagesPerSecond * volumes.ecpusPerMessage * 3600 * hoursPerMonth;
    return [
      lineOf(id, `${least} GB, the least, ${engine}`, least * hoursPerMonth, gb, factors.other),
      lineOf(id, `${round(ecpus / 1e6)} million ECPUs`, ecpus, ecpu, factors.other),
    ];
  },

  'AWS::EC2::NatGateway': ({ id }, { factors }) => [
    lineOf(id, 'hours', hoursPerMonth, prices.natGateway, factors.other),
    lineOf(id, '1 public IPv4', hoursPerMonth, prices.publicIpv4),
  ],

  'AWS::EC2::VPCEndpoint': ({ id, settings }, { factors }) => {
    const zones = listed(settings['subnetIds']).length;
    if (zones === 0) return [];
    return [
      lineOf(id, `hours in ${zones} zones`, zones * hoursPerMonth, prices.interfaceEndpoint, factors.other),
    ];
  },

  'AWS::Logs::LogGroup': ({ id, settings }, { all, factors }) => {
    const service = all.find(({ type }) => type === 'AWS::ECS::Service');
    const taken = Number(service?.settings['desiredCount'] ?? 0) * volumes.logGbPerTask;
    const retention = settings['retention'];
    // Kept for ever, it grows each month: the first year's end is as good a day as any.
    const months = typeof retention === 'number' ? retention / 30 : 12;
    return [
      lineOf(id, `${round(taken)} GB taken in`, taken, prices.logIngestion, factors.other),
      lineOf(id, `${round(taken * months)} GB kept`, taken * months, prices.logStorage, factors.other),
    ];
  },

  'AWS::CloudWatch::Alarm': ({ id, settings }, { factors }) => {
    const metrics = listed(settings['metrics']).length;
    const what = metrics === 1 ? '1 metric' : `${metrics} metrics in one`;
    return [lineOf(id, what, metrics, prices.alarmMetric, factors.other)];
  },

  'AWS::CloudWatch::Dashboard': ({ id }) => [lineOf(id, '1 dashboard', 1, prices.dashboard)],

  'AWS::S3::Bucket': ({ id, settings }, { factors }) => {
    const gb = (volumes.accessLogGb * Number(settings['expiry'] ?? 30)) / 30;
    return [lineOf(id, `${round(gb)} GB of access logs`, gb, prices.objectStorage, factors.other)];
  },

  'AWS::ECR::Repository': ({ id }, { factors }) => [
    lineOf(id, `${volumes.imageGb} GB of images`, volumes.imageGb, prices.imageStorage, factors.other),
  ],
};

/** What one resource pays in a month, a line per thing; nothing for what is free. */
export function resourceLines(resource: PricedResource, surroundings: Surroundings): CostLine[] {
  return pricings[resource.type]?.(resource, surroundings) ?? [];
}

/** The primaries and their replicas. */
function nodesIn({ shards, replicas }: PricedResource['settings']): number {
  return Number(shards ?? 1) * (1 + Number(replicas ?? 0));
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
