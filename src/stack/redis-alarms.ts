import type { Cloud } from '../aws/cloud.ts';
import { resource, type AnyNode } from '../engine/resource.ts';
import { alarm } from '../resources/cloudwatch/alarm.ts';
import { propsOf, type Watch } from './alarm-of.ts';
import type { Data } from './data.ts';
import type { StackInput } from './input.ts';
import { redisNodeIds } from './metric-dimensions.ts';

/** Memory, CPU, evictions and replication of the worst of the nodes; what a serverless cache refuses. */
export function redisAlarmsOf(input: StackInput, { redis }: Data): AnyNode<Cloud>[] {
  if (redis === undefined) return [];
  const { config, names } = input;
  const isServerless = config.redis.mode === 'serverless';
  const dimension = isServerless ? 'clusterId' : 'CacheClusterId';
  const nodes = isServerless ? [names.replicationGroup] : redisNodeIds(config, names);
  const watch = (of: string, name: string, what: Omit<Watch, 'metrics' | 'expression'>) =>
    inGroups(nodes).map((group, index) => {
      const called = `redis-${of}${index === 0 ? '' : `-${index + 1}`}`;
      const metrics = group.map((id) => ({
        namespace: 'AWS/ElastiCache',
        name,
        dimensions: { [dimension]: id },
      }));
      const worst = metrics.length > 1 ? { expression: 'MAX(METRICS())' } : {};
      return resource({
        id: `alarm-${called}`,
        kind: alarm,
        needs: { redis },
        props: () => propsOf(input, called, { ...what, ...worst, metrics }),
      });
    });
  const evictions = {
    description: 'Redis has thrown data away for want of memory',
    statistic: 'Sum',
    threshold: 1,
    times: 1,
  } as const;
  if (isServerless) {
    return [
      ...watch('evictions', 'Evictions', evictions),
      ...watch('throttled', 'ThrottledCmds', {
        description: 'the serverless cache has refused commands: there are more than it has scaled to',
        statistic: 'Sum',
        threshold: 1,
        times: 1,
      }),
    ];
  }
  return [
    ...watch('memory', 'DatabaseMemoryUsagePercentage', {
      description:
        'Redis has used 80 % of its memory or more for five minutes; when full, it refuses messages',
      statistic: 'Maximum',
      threshold: 80,
      times: 5,
    }),
    ...watch('cpu', 'EngineCPUUtilization', {
      description: 'the one thread of Redis has been 80 % busy or more for five minutes',
      statistic: 'Average',
      threshold: 80,
      times: 5,
    }),
    ...watch('evictions', 'Evictions', evictions),
    ...(config.redis.replicas === 0
      ? []
      : [
          ...watch('replication-lag', 'ReplicationLag', {
            description: 'a replica of Redis has been 5 s behind or more for three minutes',
            statistic: 'Maximum',
            threshold: 5,
            times: 3,
          }),
        ]),
  ];
}

/** An alarm looks at ten metrics at most. */
const most = 10;

function inGroups(nodes: string[]): string[][] {
  const count = Math.ceil(nodes.length / most);
  return Array.from({ length: count }, (_, index) => nodes.slice(index * most, (index + 1) * most));
}
