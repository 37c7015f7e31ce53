import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import type { Cloud } from '../../../src/aws/cloud.ts';

/** Clusters, active task definitions and services. */
export async function containerPicture({ ecs }: Cloud) {
  const [{ clusterArns }, { taskDefinitionArns }] = await Promise.all([
    ecs.send(new ListClustersCommand({})),
    ecs.send(new ListTaskDefinitionsCommand({})),
  ]);
  const { clusters } = await ecs.send(
    new DescribeClustersCommand({ clusters: clusterArns, include: ['SETTINGS', 'TAGS'] }),
  );
  const services = await Promise.all(
    clusterArns!.map(async (cluster) => {
      const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
      return serviceArns!.length === 0
        ? []
        : (await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }))).services!;
    }),
  );
  return {
    clusters: clusters!.map(({ clusterName, settings }) => ({ name: clusterName, settings })),
    taskDefinitions: await Promise.all(
      taskDefinitionArns!.map(async (taskDefinition) => {
        const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
        const { family, cpu, memory, networkMode, runtimePlatform, ...one } = answer.taskDefinition!;
        return {
          family,
          cpu,
          memory,
          networkMode,
          runtimePlatform,
          requires: one.requiresCompatibilities,
          roles: [one.executionRoleArn, one.taskRoleArn],
          containers: one.containerDefinitions!.map((container) => ({
            name: container.name,
            image: container.image,
            essential: container.essential,
            ports: container.portMappings?.map((port) => `${port.protocol} ${port.containerPort}`),
            environment: container.environment,
            secrets: container.secrets,
            registryCredentials: container.repositoryCredentials?.credentialsParameter,
            logs: container.logConfiguration?.options,
            init: container.linuxParameters?.initProcessEnabled,
            readonly: container.readonlyRootFilesystem,
            user: container.user ?? null,
            stopTimeout: container.stopTimeout,
          })),
        };
      }),
    ),
    services: services.flat().map((one) => ({
      name: one.serviceName,
      launchType: one.launchType,
      strategy: one.capacityProviderStrategy,
      counts: [one.desiredCount, one.runningCount],
      network: one.networkConfiguration?.awsvpcConfiguration,
      container: one.loadBalancers?.map((each) => [each.containerName, each.containerPort]),
      percent: [
        one.deploymentConfiguration?.minimumHealthyPercent,
        one.deploymentConfiguration?.maximumPercent,
      ],
      circuitBreaker: [
        one.deploymentConfiguration?.deploymentCircuitBreaker?.enable,
        one.deploymentConfiguration?.deploymentCircuitBreaker?.rollback,
      ],
      gracePeriod: one.healthCheckGracePeriodSeconds,
      exec: one.enableExecuteCommand,
      propagateTags: one.propagateTags,
    })),
  };
}
