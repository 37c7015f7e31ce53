import type { Names } from '../config/names.ts';
import type { Config } from '../config/schema.ts';
import { isUnknown, unknown } from '../engine/unknown.ts';

type Dimensions = Record<string, string>;

/** The dimensions of `AWS/ApplicationELB`: the ends of the ARNs (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html). */
export function balancerDimensions(balancerArn: string, targetGroupArn?: string): Dimensions {
  return {
    LoadBalancer: afterSlash(balancerArn, ':loadbalancer/'),
    ...(targetGroupArn === undefined
      ? {}
      : { TargetGroup: isUnknown(targetGroupArn) ? unknown : targetGroupArn.split(':').at(-1)! }),
  };
}

/** The dimensions of a service in `AWS/ECS` and `ECS/ContainerInsights`. */
export function serviceDimensions(names: Names): Dimensions {
  return { ClusterName: names.cluster, ServiceName: names.service };
}

/**
 * The cache clusters of the replication group, each the `CacheClusterId` of its own metrics: `<group>-001`, in cluster
 * mode `<group>-0001-001`. Any of them may become a primary.
 */
export function redisNodeIds({ redis }: Config, names: Names): string[] {
  const numbered = (stem: string, count: number, digits: number) =>
    Array.from({ length: count }, (_, index) => `${stem}-${String(index + 1).padStart(digits, '0')}`);
  const shards =
    redis.cluster === undefined
      ? [names.replicationGroup]
      : numbered(names.replicationGroup, redis.cluster.shards, 4);
  return shards.flatMap((shard) => numbered(shard, 1 + redis.replicas, 3));
}

function afterSlash(arn: string, before: string): string {
  return isUnknown(arn) ? unknown : arn.split(before)[1]!;
}
