import type {
  AdvancedConfiguration,
  AvailabilityZoneRebalancing,
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
} from '@aws-sdk/client-ecs';
import type { DescribeTargetGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { isAssumable } from '../iam/assumable.ts';
import { operations as elbv2 } from '../elbv2/index.ts';
import { ask } from './scheduler/ask.ts';
import type { StoredTaskDefinition } from './state.ts';

/** Percentages between 0 and 200 that leave a step, and a circuit breaker that says what it does; with ECS's defaults filled in. */
export function deploymentConfigurationOf(
  input: DeploymentConfiguration | undefined,
  current: DeploymentConfiguration | undefined,
): DeploymentConfiguration {
  const breaker = input?.deploymentCircuitBreaker ?? current?.deploymentCircuitBreaker;
  const configuration: DeploymentConfiguration = {
    ...current,
    ...input,
    deploymentCircuitBreaker: {
      ...breaker,
      enable: breaker?.enable ?? false,
      rollback: breaker?.rollback ?? false,
    },
    maximumPercent: input?.maximumPercent ?? current?.maximumPercent ?? 200,
    minimumHealthyPercent: input?.minimumHealthyPercent ?? current?.minimumHealthyPercent ?? 100,
    strategy: input?.strategy ?? current?.strategy ?? 'ROLLING',
    bakeTimeInMinutes: input?.bakeTimeInMinutes ?? current?.bakeTimeInMinutes ?? 0,
  };
  const { maximumPercent = 0, minimumHealthyPercent = 0, strategy } = configuration;
  if (maximumPercent < 100 || maximumPercent > 200) invalid('maximumPercent must be between 100 and 200.');
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > 100) {
    invalid('minimumHealthyPercent must be between 0 and 100.');
  }
  if (maximumPercent === minimumHealthyPercent) {
    invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  }
  const { bakeTimeInMinutes = 0 } = configuration;
  if (bakeTimeInMinutes < 0 || bakeTimeInMinutes > 1440) {
    invalid('bakeTimeInMinutes must be between 0 and 1440.');
  }
  if (strategy === 'BLUE_GREEN' && input?.strategy !== undefined && input.bakeTimeInMinutes === undefined) {
    invalid('bakeTimeInMinutes must be specified for the BLUE_GREEN deployment strategy.');
  }
  if (strategy !== 'ROLLING' && strategy !== 'BLUE_GREEN') {
    throw new AwsError(
      'UnsupportedFeatureException',
      `The local cloud has no deployments of strategy ${strategy}.`,
    );
  }
  return configuration;
}

/** Tasks are moved between zones by starting another one first. Without a word, a new service has it where it can. */
export function rebalancingOf(
  wanted: AvailabilityZoneRebalancing | undefined,
  { maximumPercent = 200 }: DeploymentConfiguration,
): AvailabilityZoneRebalancing {
  if (wanted === 'ENABLED' && maximumPercent <= 100) {
    invalid('Availability Zone rebalancing requires a maximumPercent of more than 100.');
  }
  return wanted ?? (maximumPercent > 100 ? 'ENABLED' : 'DISABLED');
}

/** With `awsvpc`, subnets and security groups that are there, of one VPC. */
export function checkNetwork(call: Call, network: NetworkConfiguration | undefined): NetworkConfiguration {
  const awsvpc = network?.awsvpcConfiguration;
  if (awsvpc === undefined) {
    invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const { subnets, securityGroups } = ec2State(call);
  if (!awsvpc.subnets?.length) invalid('subnets can not be empty.');
  if (awsvpc.subnets.length > 16) invalid('subnets can have at most 16 items.');
  if ((awsvpc.securityGroups?.length ?? 0) > 5) invalid('securityGroups can have at most 5 items.');
  const vpcs = new Set<string>();
  for (const id of awsvpc.subnets) {
    const subnet = subnets.get(id);
    if (subnet === undefined) {
      invalid(
        `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
      );
    }
    vpcs.add(subnet.VpcId);
  }
  for (const id of awsvpc.securityGroups ?? []) {
    const group = securityGroups.get(id);
    if (group === undefined) {
      invalid(
        `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    }
    vpcs.add(group.VpcId);
  }
  if (vpcs.size > 1) invalid('subnets and security groups must belong to the same VPC.');
  return {
    awsvpcConfiguration: {
      subnets: awsvpc.subnets,
      securityGroups: awsvpc.securityGroups ?? [],
      assignPublicIp: awsvpc.assignPublicIp ?? 'DISABLED',
    },
  };
}

/** ECS's order: the target group, whether a listener uses it, the container, its port. */
export async function checkLoadBalancers(
  call: Call,
  loadBalancers: LoadBalancer[],
  definition: StoredTaskDefinition,
): Promise<void> {
  for (const { targetGroupArn, containerName, containerPort, advancedConfiguration } of loadBalancers) {
    await checkTargetGroup(call, targetGroupArn);
    if (advancedConfiguration !== undefined) await checkAdvanced(call, advancedConfiguration);
    const container = definition.containerDefinitions.find(({ name }) => name === containerName);
    if (container === undefined) {
      invalid(`The container ${containerName} does not exist in the task definition.`);
    }
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
  }
}

async function checkTargetGroup(call: Call, targetGroupArn: string | undefined): Promise<void> {
  if (!targetGroupArn) invalid('targetGroupArn cannot be empty.');
  const group = await targetGroup(call, targetGroupArn);
  if (group === undefined) {
    invalid(`The target group with targetGroupArn ${targetGroupArn} does not exist.`);
  }
  if (group.TargetType !== 'ip') {
    invalid(
      `The provided target group ${targetGroupArn} has target type ${group.TargetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  }
  if (!group.LoadBalancerArns?.length) {
    invalid(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  }
}

/** What blue/green deployments need: a second target group, the rule whose weights ECS changes, and the role that it does so with. */
async function checkAdvanced(
  call: Call,
  { alternateTargetGroupArn, productionListenerRule, roleArn }: AdvancedConfiguration,
): Promise<void> {
  await checkTargetGroup(call, alternateTargetGroupArn);
  if (!productionListenerRule) invalid('productionListenerRule cannot be empty.');
  if (!roleArn) invalid('roleArn cannot be empty.');
  if (!isAssumable(call, roleArn)) {
    invalid(`ECS was unable to assume the role '${roleArn}' that was provided for this service.`);
  }
}

async function targetGroup(call: Call, targetGroupArn: string) {
  try {
    const output = await ask<DescribeTargetGroupsOutput>(
      elbv2,
      'DescribeTargetGroups',
      { TargetGroupArns: [targetGroupArn] },
      call,
    );
    return output.TargetGroups?.[0];
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** Refuses with InvalidParameterException. */
export function invalid(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}
