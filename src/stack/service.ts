import { resource } from '../engine/resource.ts';
import { unknown } from '../engine/unknown.ts';
import { cluster } from '../resources/ecs/cluster.ts';
import { service } from '../resources/ecs/service.ts';
import { oneAtATime } from '../resources/ecs/start-spread.ts';
import { taskDefinition } from '../resources/ecs/task-definition.ts';
import type { Access } from './access.ts';
import { redisInTask, type Data } from './data.ts';
import type { Edge } from './edge.ts';
import type { Endpoints } from './endpoints.ts';
import { environmentFrom } from './environment.ts';
import type { StackInput } from './input.ts';
import type { Network } from './network.ts';
import type { Observability } from './observability.ts';
import type { Registry } from './registry.ts';
import { scaledCounts } from './scaling.ts';
import { secretsOf } from './secrets.ts';
import { edgesTo, subnetIdsOf } from './subnets.ts';

interface Parts {
  network: Network;
  edge: Edge;
  data: Data;
  access: Access;
  registry: Registry;
  observability: Observability;
  endpoints: Endpoints;
}

/** Cluster, task definition and service: the tasks that run. */
export function serviceOf(
  { config, cloud, identity, image, names }: StackInput,
  { network, edge, data, access, registry, observability, endpoints }: Parts,
) {
  const wanted = config.service;
  const scaled = scaledCounts(config);
  const insights = { off: 'disabled', on: 'enabled', enhanced: 'enhanced' } as const;
  const theCluster = resource({
    id: 'cluster',
    kind: cluster,
    needs: {},
    props: () => ({
      name: names.cluster,
      containerInsights: insights[config.monitoring.containerInsights],
      spot: wanted.spot,
    }),
  });
  const definition = resource({
    id: 'task-definition',
    kind: taskDefinition,
    needs: {
      execution: access.execution,
      task: access.task,
      images: registry.images,
      logs: observability.logs,
      targets: edge.targets,
      other: edge.alternate ?? edge.targets,
      ...edgesTo([registry.built, data.redis, data.url].filter((node) => node !== undefined)),
    },
    props: (needs) => ({
      family: names.taskFamily,
      cpu: wanted.cpu,
      memory: wanted.memory,
      architecture: wanted.architecture === 'arm64' ? ('ARM64' as const) : ('X86_64' as const),
      executionRoleArn: needs.execution.arn,
      taskRoleArn: needs.task.arn,
      container: {
        name: names.container,
        image: 'build' in image ? `${needs.images.repositoryUri}@${image.build.digest}` : image.reference,
        port: wanted.port,
        environment: besides(wanted.secrets, {
          PORT: String(wanted.port),
          // A task that sees its target drain sends its clients elsewhere while others still take them.
          ...(wanted.drainWatch && {
            CHATOPS_TARGET_GROUP_ARN:
              edge.alternate === undefined ? needs.targets.arn : `${needs.targets.arn},${needs.other.arn}`,
          }),
          ...redisInTask(config, data, needs).environment,
          ...environmentFrom(wanted.env, {
            ...redisInTask(config, data, needs).placeholders,
            stack: identity.stack,
            region: identity.region,
          }),
        }),
        secrets: {
          ...besides(wanted.env, redisInTask(config, data, needs).secrets),
          ...secretsOf(wanted, cloud),
        },
        logs: { group: needs.logs.name, region: cloud.region, streamPrefix: names.container },
        registryCredentials: wanted.registryCredentials,
        init: wanted.init,
        // The agent of ECS Exec writes to the container's root file system.
        readonlyRootFilesystem: wanted.readonlyRootFilesystem && !wanted.exec,
        user: wanted.user,
        stopTimeout: wanted.stopTimeout,
        healthCheck: wanted.healthCheck,
      },
    }),
  });
  const percentages = {
    minimumHealthyPercent: wanted.minHealthyPercent,
    maximumPercent: wanted.maxPercent,
  };
  const tasks = resource({
    id: 'service',
    kind: service,
    needs: {
      cluster: theCluster,
      definition,
      targets: edge.targets,
      // A target group that no listener uses is refused.
      front: edge.front,
      other: edge.alternate ?? edge.targets,
      infrastructure: access.infrastructure ?? access.execution,
      tasksGroup: edge.tasksGroup,
      // Without them a task cannot pull its image.
      ...edgesTo([...network.taskSubnets, ...network.taskRoutes, ...endpoints]),
    },
    seconds: 60,
    props: (needs) => ({
      name: names.service,
      cluster: needs.cluster.name,
      taskDefinition: needs.definition.arn,
      desiredCount: scaled === undefined ? wanted.count : within(scaled, wanted.count),
      scaled,
      subnetIds: subnetIdsOf(network.taskSubnets, needs),
      securityGroupIds: [needs.tasksGroup.groupId],
      assignPublicIp: config.network.tasks === 'public',
      targetGroupArn: needs.targets.arn,
      ...(edge.alternate && {
        alternate: {
          targetGroupArn: needs.other.arn,
          // A listener that is still to learn of the second target group has told of no rule.
          ruleArn: needs.front.ruleArn ?? unknown,
          roleArn: needs.infrastructure.arn,
        },
        bakeTime: wanted.bakeTime,
      }),
      containerName: names.container,
      containerPort: wanted.port,
      // With the fewest tasks there must still be room for one step.
      ...(wanted.startSpread === 0 ? percentages : oneAtATime(scaled?.min ?? wanted.count, percentages)),
      startSpread: wanted.startSpread,
      circuitBreaker: wanted.circuitBreaker,
      healthCheckGracePeriod: wanted.healthCheckGracePeriod,
      spot: wanted.spot,
      exec: wanted.exec,
    }),
  });
  return { cluster: theCluster, definition, tasks };
}

export type Service = ReturnType<typeof serviceOf>;

/** The nearest number of tasks that the scaler would have, too. */
function within({ min, max }: { min: number; max: number }, count: number): number {
  return Math.min(max, Math.max(min, count));
}

/** Those of `values` whose names are not in `taken`: ECS refuses a variable and a secret under one name, and what the config says counts. */
function besides(taken: Record<string, string>, values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(taken, name)));
}
