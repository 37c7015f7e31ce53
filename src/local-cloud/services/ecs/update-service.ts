import { isDeepStrictEqual } from 'node:util';
import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import type { Call } from '../../operation.ts';
import { strategyOf } from './capacity-provider.ts';
import { checkDesiredCount } from './create-service.ts';
import { activeServiceOf, activeTaskDefinitionOf, clusterOf, findTaskDefinition } from './find.ts';
import { startDeployment } from './scheduler/rollout.ts';
import { schedule } from './scheduler/scheduler.ts';
import {
  checkLoadBalancers,
  checkNetwork,
  deploymentConfigurationOf,
  rebalancingOf,
} from './service-checks.ts';
import { serviceView } from './service-view.ts';

/**
 * Changes a service. Another task definition, network, platform version or load balancer, and `forceNewDeployment`,
 * start a deployment; desired count, percentages, grace period, exec and tag settings do not.
 */
export async function UpdateService(input: UpdateServiceRequest, call: Call): Promise<UpdateServiceResponse> {
  const cluster = clusterOf(call, input.cluster);
  const service = activeServiceOf(call, cluster, input.service);
  const definition =
    input.taskDefinition === undefined ? undefined : activeTaskDefinitionOf(call, input.taskDefinition);
  const configuration = deploymentConfigurationOf(
    input.deploymentConfiguration,
    service.deploymentConfiguration,
  );
  const rebalancing = rebalancingOf(
    input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing,
    configuration,
  );
  const desiredCount = checkDesiredCount(input.desiredCount ?? service.desiredCount);
  const network = input.networkConfiguration && checkNetwork(call, input.networkConfiguration);
  const loadBalancers = input.loadBalancers ?? service.loadBalancers;
  const strategy = strategyOf(cluster, input);
  const running = definition ?? findTaskDefinition(call, service.taskDefinition);
  if (running !== undefined && (definition !== undefined || input.loadBalancers !== undefined)) {
    await checkLoadBalancers(call, loadBalancers, running);
  }

  const before = [
    service.capacityProviderStrategy,
    service.taskDefinition,
    service.networkConfiguration,
    service.platformVersion,
    service.loadBalancers,
  ];
  service.taskDefinition = definition?.taskDefinitionArn ?? service.taskDefinition;
  service.networkConfiguration = network ?? service.networkConfiguration;
  service.platformVersion = input.platformVersion ?? service.platformVersion;
  service.loadBalancers = loadBalancers;
  if (strategy.length > 0) {
    service.capacityProviderStrategy = strategy;
    delete service.launchType;
  }
  service.desiredCount = desiredCount;
  service.deploymentConfiguration = configuration;
  service.availabilityZoneRebalancing = rebalancing;
  for (const member of settings) {
    if (input[member] !== undefined) Object.assign(service, { [member]: input[member] });
  }
  const after = [
    service.capacityProviderStrategy,
    service.taskDefinition,
    service.networkConfiguration,
    service.platformVersion,
    service.loadBalancers,
  ];
  if (input.forceNewDeployment === true || !isDeepStrictEqual(before, after)) startDeployment(call, service);
  service.steady = false;
  schedule(call, service.serviceArn);
  return { service: serviceView(call, service) };
}

/** What applies without a new deployment. */
const settings = [
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
] as const;
