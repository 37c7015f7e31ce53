import { scalableTarget } from '../resources/application-autoscaling/scalable-target.ts';
import { cluster } from '../resources/ecs/cluster.ts';
import { definitionOf } from '../resources/ecs/container-definition.ts';
import { service } from '../resources/ecs/service.ts';
import { taskDefinition } from '../resources/ecs/task-definition.ts';
import { block, json, link, links, words } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** The cluster, the revision that runs, and the service. */
export const ecs: Mapping[] = [
  mapping(cluster, ({ attrs, name, tags }) => [
    {
      type: 'aws_ecs_cluster',
      name,
      importId: attrs.name,
      known: { [attrs.arn]: 'arn', [attrs.name]: 'name' },
      body: {
        name: attrs.name,
        setting: block({ name: 'containerInsights', value: attrs.containerInsights }),
        tags: tags(),
      },
    },
    ...(attrs.spot
      ? [
          {
            type: 'aws_ecs_cluster_capacity_providers',
            name,
            importId: attrs.name,
            body: {
              cluster_name: link(attrs.name, 'aws_ecs_cluster'),
              capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
            },
          },
        ]
      : []),
  ]),
  mapping(taskDefinition, ({ attrs, name, tags }) => [
    {
      type: 'aws_ecs_task_definition',
      name,
      importId: attrs.arn,
      known: { [attrs.arn]: 'arn' },
      body: attrs.container && {
        family: attrs.family,
        requires_compatibilities: ['FARGATE'],
        network_mode: 'awsvpc',
        cpu: attrs.cpu,
        memory: attrs.memory,
        execution_role_arn: link(attrs.executionRoleArn),
        task_role_arn: link(attrs.taskRoleArn),
        container_definitions: json([definitionOf(attrs.container)]),
        runtime_platform: block({
          cpu_architecture: attrs.architecture,
          operating_system_family: 'LINUX',
        }),
        tags: tags(),
      },
    },
  ]),
  mapping(service, ({ attrs, name, tags }, stack) => {
    const isScaled = stack
      .of(scalableTarget)
      .some((one) => one.attrs.resourceId === `service/${attrs.cluster}/${attrs.name}`);
    // Imported, a service has the ARN of its cluster; the name would ask for another service.
    const clusterArn =
      stack.of(cluster).find((one) => one.attrs.name === attrs.cluster)?.attrs.arn ?? attrs.cluster;
    const providers = attrs.spot
      ? [
          block({ capacity_provider: 'FARGATE', base: 1, weight: 0 }),
          block({ capacity_provider: 'FARGATE_SPOT', weight: 1 }),
        ]
      : undefined;
    return [
      {
        type: 'aws_ecs_service',
        name,
        importId: `${attrs.cluster}/${attrs.name}`,
        known: { [attrs.arn]: 'id' },
        body: {
          name: attrs.name,
          cluster: link(clusterArn),
          task_definition: link(attrs.taskDefinition),
          desired_count: attrs.desiredCount,
          launch_type: attrs.spot ? undefined : 'FARGATE',
          deployment_minimum_healthy_percent: attrs.minimumHealthyPercent,
          deployment_maximum_percent: attrs.maximumPercent,
          health_check_grace_period_seconds: attrs.healthCheckGracePeriod,
          enable_execute_command: attrs.exec,
          propagate_tags: attrs.propagateTags === 'NONE' ? undefined : attrs.propagateTags,
          availability_zone_rebalancing: attrs.availabilityZoneRebalancing,
          capacity_provider_strategy: providers,
          deployment_circuit_breaker: block({ enable: attrs.circuitBreaker, rollback: attrs.circuitBreaker }),
          deployment_configuration:
            attrs.bakeTime === undefined
              ? undefined
              : block({ strategy: 'BLUE_GREEN', bake_time_in_minutes: attrs.bakeTime }),
          network_configuration: block({
            subnets: links(attrs.subnetIds),
            security_groups: links(attrs.securityGroupIds),
            assign_public_ip: attrs.assignPublicIp,
          }),
          load_balancer: block({
            target_group_arn: link(attrs.targetGroupArn),
            container_name: attrs.containerName,
            container_port: attrs.containerPort,
            advanced_configuration:
              attrs.alternate &&
              block({
                alternate_target_group_arn: link(attrs.alternate.targetGroupArn),
                production_listener_rule: attrs.alternate.ruleArn,
                role_arn: link(attrs.alternate.roleArn),
              }),
          }),
          tags: tags(),
          ...(isScaled && { lifecycle: block({ ignore_changes: [words('desired_count')] }) }),
        },
      },
    ];
  }),
];
