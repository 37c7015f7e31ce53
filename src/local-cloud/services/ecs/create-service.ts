import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Call } from '../../operation.ts';
import { strategyOf } from './capacity-provider.ts';
import { activeTaskDefinitionOf, clusterOf, findService } from './find.ts';
import { startDeployment } from './scheduler/rollout.ts';
import { schedule } from './scheduler/scheduler.ts';
import {
  checkLoadBalancers,
  checkNetwork,
  deploymentConfigurationOf,
  invalid,
  rebalancingOf,
} from './service-checks.ts';
import { serviceView } from './service-view.ts';
import type { StoredService } from './state.ts';
import { arn, ecsState } from './state.ts';
import { checkTags } from './tags.ts';

/** Creates a Fargate service and starts its first deployment. A name that is DRAINING cannot be used yet; an INACTIVE one can. */
export async function CreateService(input: CreateServiceRequest, call: Call): Promise<CreateServiceResponse> {
  const cluster = clusterOf(call, input.cluster);
  const { serviceName = '' } = input;
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(serviceName)) {
    invalid(
      'Identifier was invalid. Identifiers can only be up to 255 characters, and contain letters (upper and lower-case), numbers, underscores and hyphens',
    );
  }
  const there = findService(call, cluster, serviceName);
  if (there?.status === 'DRAINING') invalid('Unable to Start a service that is still Draining.');
  if (there?.status === 'ACTIVE') invalid('Creation of service was not idempotent.');
  const definition = activeTaskDefinitionOf(call, input.taskDefinition);
  const desiredCount = checkDesiredCount(input.desiredCount ?? 0);
  const capacityProviderStrategy = strategyOf(cluster, input);
  const deploymentConfiguration = deploymentConfigurationOf(input.deploymentConfiguration, undefined);
  const networkConfiguration = checkNetwork(call, input.networkConfiguration);
  const loadBalancers = input.loadBalancers ?? [];
  await checkLoadBalancers(call, loadBalancers, definition);
  if (input.healthCheckGracePeriodSeconds !== undefined && loadBalancers.length === 0) {
    invalid('Health check grace period is only valid for services configured to use load balancers');
  }
  const service: StoredService = {
    serviceArn: arn(call, `service/${cluster.clusterName}/${serviceName}`),
    serviceName,
    clusterArn: cluster.clusterArn,
    status: 'ACTIVE',
    desiredCount,
    taskDefinition: definition.taskDefinitionArn,
    ...(capacityProviderStrategy.length > 0 ? { capacityProviderStrategy } : { launchType: 'FARGATE' }),
    platformVersion: input.platformVersion ?? 'LATEST',
    platformFamily: 'Linux',
    loadBalancers,
    serviceRegistries: input.serviceRegistries ?? [],
    deploymentConfiguration,
    deploymentController: { type: 'ECS' },
    networkConfiguration,
    roleArn: `arn:aws:iam::${call.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: [],
    createdAt: call.now,
    createdBy: `arn:aws:iam::${call.account}:root`,
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    schedulingStrategy: input.schedulingStrategy ?? 'REPLICA',
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    availabilityZoneRebalancing: rebalancingOf(input.availabilityZoneRebalancing, deploymentConfiguration),
    tags: checkTags(input.tags),
    deployments: [],
    serviceDeployments: [],
    revisions: [],
    steady: false,
    backOff: { failures: 0, until: 0 },
  };
  // Checks above may have waited: someone else may have been faster.
  if (findService(call, cluster, serviceName)?.status === 'ACTIVE') {
    invalid('Creation of service was not idempotent.');
  }
  ecsState(call).services.set(service.serviceArn, service);
  startDeployment(call, service);
  schedule(call, service.serviceArn);
  return { service: serviceView(call, service) };
}

/** A service may want up to 5000 tasks. */
export function checkDesiredCount(count: number): number {
  if (count < 0 || count > 5000) invalid('desiredCount must be between 0 and 5000.');
  return count;
}
