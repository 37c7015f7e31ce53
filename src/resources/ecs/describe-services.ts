import { DescribeServicesCommand, paginateListServices, type Service } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import { collect, inBatches } from '../shared/pages.ts';
import type { Candidate } from '../shared/tags.ts';
import { nameFrom } from './clusters.ts';
import { firstStopReason, hasFailed, lastRollback } from './service-failure.ts';

/** What is wanted of a service. */
export interface ServiceProps {
  name: string;
  /** Name of the cluster. */
  cluster: string;
  /** ARN of a revision. */
  taskDefinition: string;
  desiredCount: number;
  /** Where Application Auto Scaling sets the desired count: the numbers that it may choose. */
  scaled?: { min: number; max: number } | undefined;
  subnetIds: string[];
  securityGroupIds: string[];
  assignPublicIp: boolean;
  targetGroupArn: string;
  /** What blue/green deployments need besides: the other target group, the rule whose weights ECS changes, and the role that it does so with. */
  alternate?: { targetGroupArn: string; ruleArn: string; roleArn: string } | undefined;
  /** Minutes that the old tasks stay after the traffic has gone to the new ones; undefined for rolling deployments. */
  bakeTime?: number | undefined;
  containerName: string;
  containerPort: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** Whether ECS gives a failing deployment up and goes back to the one before. */
  circuitBreaker: boolean;
  /** Seconds after its start in which a task may be unhealthy. */
  healthCheckGracePeriod: number;
  /** Whether tasks beyond the first run on Fargate Spot. */
  spot: boolean;
  /** Whether ECS Exec may open a shell in a task. */
  exec: boolean;
  /** Seconds from the start of a task to that of the next one where the desired count rises; 0: all at once. */
  startSpread: number;
}

/** A service as ECS reports it. */
export interface ServiceAttrs extends Omit<ServiceProps, 'startSpread'> {
  arn: string;
  /** `ACTIVE` or `DRAINING`. */
  status: string;
  propagateTags: string;
  /** `ENABLED` or `DISABLED`: whether ECS moves tasks from a crowded zone to an emptier one. */
  availabilityZoneRebalancing: string;
  runningCount: number;
  /** The deployment that counts: its state in ECS's words, how many others still stand, and how many tasks failed. */
  deployment: { state: string; others: number; failedTasks: number };
  /** Why ECS gives the deployment up right now; undefined when it does not. */
  failure: string | undefined;
  /** Why ECS went back to an earlier task definition the last time that something was deployed; undefined when it did not. */
  rolledBack: string | undefined;
}

/** The services of a cluster that still stand, with their tags (`aws ecs list-services`, `describe-services --include TAGS`). */
export async function servicesOf(cloud: Cloud, cluster: string): Promise<Candidate<ServiceAttrs>[]> {
  const arns = await unless(
    collect(paginateListServices({ client: cloud.ecs }, { cluster }), (page) => page.serviceArns),
    'ClusterNotFoundException',
  );
  if (arns === undefined) return [];
  const [services, outcomes] = await Promise.all([
    inBatches(withDraining(arns, cluster), 10, (batch) => describeServices(cloud, cluster, batch)),
    Promise.all(arns.map(async (arn) => [arn, await lastRollback(cloud, cluster, arn)] as const)),
  ]);
  const rollbacks = new Map(outcomes);
  return Promise.all(
    services.map(async (one) => {
      const primary = primaryOf(one);
      const failure = hasFailed(primary) ? (primary?.rolloutStateReason ?? 'no reason given') : undefined;
      const rolledBack = rollbacks.get(one.serviceArn!);
      // Asked only where something went wrong, so that a healthy stack is read in three calls.
      const asks = failure !== undefined || rolledBack !== undefined;
      const cause = asks ? await firstStopReason(cloud, cluster, one.serviceName!) : undefined;
      const attrs = {
        ...attrsOf(one),
        failure: failure && (cause ?? failure),
        rolledBack: rolledBack && (cause ?? rolledBack),
      };
      return { tags: one.tags, ref: one.serviceName!, attrs };
    }),
  );
}

/** ECS does not list a service that drains, but describes it by its name, which is that of its cluster. */
function withDraining(arns: string[], cluster: string): string[] {
  const own = nameFrom(cluster);
  return arns.some((arn) => nameFrom(arn) === own) ? arns : [...arns, own];
}

/** The services of these names or ARNs. INACTIVE ones stay describable for a while; they count as gone. */
export async function describeServices(cloud: Cloud, cluster: string, names: string[]): Promise<Service[]> {
  const answer = await unless(
    cloud.ecs.send(new DescribeServicesCommand({ cluster, services: names, include: ['TAGS'] })),
    'ClusterNotFoundException',
    'ServiceNotFoundException',
  );
  return (answer?.services ?? []).filter((one) => one.status !== 'INACTIVE');
}

function primaryOf(one: Service) {
  return one.deployments?.find((deployment) => deployment.status === 'PRIMARY');
}

function attrsOf(one: Service): Omit<ServiceAttrs, 'failure' | 'rolledBack'> {
  const network = one.networkConfiguration?.awsvpcConfiguration;
  const target = one.loadBalancers?.[0];
  const configuration = one.deploymentConfiguration;
  const advanced = target?.advancedConfiguration;
  const breaker = configuration?.deploymentCircuitBreaker;
  const primary = primaryOf(one);
  return {
    name: one.serviceName!,
    arn: one.serviceArn!,
    status: one.status!,
    cluster: nameFrom(one.clusterArn!),
    taskDefinition: one.taskDefinition!,
    desiredCount: one.desiredCount ?? 0,
    subnetIds: network?.subnets ?? [],
    securityGroupIds: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp === 'ENABLED',
    targetGroupArn: target?.targetGroupArn ?? '',
    alternate:
      advanced?.alternateTargetGroupArn === undefined
        ? undefined
        : {
            targetGroupArn: advanced.alternateTargetGroupArn,
            ruleArn: advanced.productionListenerRule ?? '',
            roleArn: advanced.roleArn ?? '',
          },
    bakeTime: configuration?.strategy === 'BLUE_GREEN' ? (configuration.bakeTimeInMinutes ?? 0) : undefined,
    containerName: target?.containerName ?? '',
    containerPort: target?.containerPort ?? 0,
    minimumHealthyPercent: configuration?.minimumHealthyPercent ?? 100,
    maximumPercent: configuration?.maximumPercent ?? 200,
    circuitBreaker: breaker?.enable === true && breaker.rollback === true,
    healthCheckGracePeriod: one.healthCheckGracePeriodSeconds ?? 0,
    spot:
      one.capacityProviderStrategy?.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT') ??
      false,
    exec: one.enableExecuteCommand ?? false,
    propagateTags: one.propagateTags ?? 'NONE',
    availabilityZoneRebalancing: one.availabilityZoneRebalancing ?? 'DISABLED',
    runningCount: one.runningCount ?? 0,
    deployment: {
      state: primary?.rolloutState ?? 'COMPLETED',
      others: Math.max(0, (one.deployments?.length ?? 0) - 1),
      failedTasks: primary?.failedTasks ?? 0,
    },
  };
}
