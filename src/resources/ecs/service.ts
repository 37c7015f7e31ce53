import { CreateServiceCommand, DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { Change, ResourceKind, Step } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compare, compareFields, compareSet, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { lowerCaseTagList, owned } from '../shared/tags.ts';
import { listClusters } from './clusters.ts';
import { describeServices, servicesOf, type ServiceAttrs, type ServiceProps } from './describe-services.ts';
import { hintFor } from './service-failure.ts';
import { firstCount, raiseCount } from './start-spread.ts';
import { retag } from './tags.ts';

/** An ECS service on Fargate behind a load balancer (`aws ecs list-services`, `describe-services --include TAGS`). */
export const service: ResourceKind<Cloud, ServiceProps, ServiceAttrs> = {
  type: 'AWS::ECS::Service',
  idempotent: true,

  async find(cloud, scope) {
    const clusters = await listClusters(cloud, scope);
    const services = await Promise.all(clusters.map((cluster) => servicesOf(cloud, cluster)));
    return owned(scope, services.flat());
  },

  diff(desired, current) {
    // It cannot be changed any more, and its name not be used again until it is gone.
    if (current.status === 'DRAINING') return [];
    return [
      ...compareFields(desired, current, {
        name: 'replace',
        cluster: 'replace',
        taskDefinition: 'update',
        assignPublicIp: 'update',
        targetGroupArn: 'update',
        alternate: 'update',
        bakeTime: 'update',
        containerName: 'update',
        containerPort: 'update',
        minimumHealthyPercent: 'update',
        maximumPercent: 'update',
        circuitBreaker: 'update',
        healthCheckGracePeriod: 'update',
        exec: 'update',
        spot: 'update',
      }),
      ...countChanges(desired, current),
      ...compareFields({ propagateTags: 'SERVICE' }, current, { propagateTags: 'update' }),
      ...compare('availabilityZoneRebalancing', current.availabilityZoneRebalancing, rebalancingOf(desired)),
      ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
      ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
    ];
  },

  ready(current, desired) {
    const { status, failure, rolledBack, deployment, runningCount, desiredCount } = current;
    if (status === 'DRAINING') return 'draining';
    if (failure !== undefined) throw deploymentFailed(current, failure);
    // Going back may have been quicker than the next look.
    const taken = desired === undefined || desired.taskDefinition === current.taskDefinition;
    if (!taken && rolledBack !== undefined) throw deploymentFailed(current, rolledBack);
    if (deployment.state === 'COMPLETED' && deployment.others === 0 && runningCount === desiredCount) {
      return true;
    }
    const failed = deployment.failedTasks > 0 ? `, ${deployment.failedTasks} failed` : '';
    return `${runningCount} of ${desiredCount} tasks running${failed}`;
  },

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `service ${props.name}`,
      taken: [],
      exists: async () => (await describeServices(cloud, props.cluster, [props.name])).length > 0,
      find: () => service.find(cloud, step.scope),
      create: () =>
        cloud.ecs.send(
          new CreateServiceCommand({
            ...changeable(props, firstCount(props, 0)),
            cluster: props.cluster,
            serviceName: props.name,
            ...(props.spot ? strategyOf(props) : { launchType: 'FARGATE' as const }),
            tags: lowerCaseTagList(step.tags),
          }),
        ),
    });
    await raiseCount(cloud, props, firstCount(props, 0), step);
  },

  async update(cloud, props, current, changes, step) {
    const change = changes.find(({ path }) => path === 'desiredCount');
    const desiredCount = change === undefined ? current.desiredCount : (change.to as number);
    const count = firstCount({ ...props, desiredCount }, current.desiredCount);
    // Only what differs: naming network or load balancer again could start a deployment for nothing.
    const all = changeable(props, count);
    // ECS wants the second target group rolled out before the strategy that uses it: that follows at the next look.
    const isEarly = props.bakeTime !== undefined && touches(changes, 'alternate');
    const now = isEarly ? changes.filter(({ path }) => path !== 'bakeTime') : changes;
    if (!isEarly && touches(changes, 'bakeTime', 'alternate')) await deploymentOver(cloud, props, step);
    const members = new Set(now.map(({ path }) => memberOf[path]));
    const input = Object.fromEntries(Object.entries(all).filter(([member]) => members.has(member)));
    const placed = touches(changes, 'spot') ? strategyOf(props) : {};
    // Only new tasks are placed by another strategy, and only into new ones goes the agent of ECS Exec.
    const forceNewDeployment = touches(changes, 'spot', 'exec');
    await cloud.ecs.send(
      new UpdateServiceCommand({
        ...input,
        ...placed,
        forceNewDeployment,
        cluster: props.cluster,
        service: props.name,
      }),
    );
    await raiseCount(cloud, { ...props, desiredCount }, count, step);
  },

  tag: (cloud, { arn }, change) => retag(cloud, arn, change),

  async delete(cloud, { name, cluster, status }, step) {
    if (status === 'DRAINING') return;
    const gone = ['ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException'];
    step.note('stopping its tasks');
    await unless(
      cloud.ecs.send(new UpdateServiceCommand({ cluster, service: name, desiredCount: 0 })),
      ...gone,
    );
    await unless(cloud.ecs.send(new DeleteServiceCommand({ cluster, service: name, force: true })), ...gone);
  },
};

/** What a scaler has chosen within its limits stays; from beyond them, by hand, the nearest one is next. */
function countChanges({ desiredCount, scaled }: ServiceProps, current: ServiceAttrs): Change[] {
  const to =
    scaled === undefined ? desiredCount : Math.min(scaled.max, Math.max(scaled.min, current.desiredCount));
  return compare('desiredCount', current.desiredCount, to);
}

function deploymentFailed({ name }: ServiceAttrs, cause: string): ChatopsError {
  return new ChatopsError(`service ${name}: the deployment failed: ${cause}`, {
    code: 'service.deployment-failed',
    exit: ExitCode.failed,
    hint: hintFor(cause),
  });
}

/** Waits until ECS is done with the deployment under way: it changes the strategy of none that goes on. */
async function deploymentOver(cloud: Cloud, { cluster, name }: ServiceProps, step: Step): Promise<void> {
  for (let waited = 0; waited < longestDeployment; waited += pause) {
    const [found] = await describeServices(cloud, cluster, [name]);
    const isOver = found?.deployments?.length === 1 && found.deployments[0]?.rolloutState !== 'IN_PROGRESS';
    if (found === undefined || isOver) return;
    step.note('waiting for its deployment to end');
    await step.clock.sleep(pause, step.signal);
  }
}

/** Milliseconds between two looks, and from when on ECS itself may say that it does not work. */
const pause = 1000;
const longestDeployment = 1_800_000;

/** One task stays on Fargate whatever becomes of Spot; a service that once had a strategy keeps having one. */
function strategyOf({ spot }: ServiceProps) {
  return {
    capacityProviderStrategy: spot
      ? [
          { capacityProvider: 'FARGATE', base: 1, weight: 0 },
          { capacityProvider: 'FARGATE_SPOT', weight: 1 },
        ]
      : [{ capacityProvider: 'FARGATE', weight: 1 }],
  };
}

function changeable(props: ServiceProps, desiredCount: number) {
  return {
    taskDefinition: props.taskDefinition,
    desiredCount,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: props.subnetIds,
        securityGroups: props.securityGroupIds,
        assignPublicIp: props.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const),
      },
    },
    loadBalancers: [
      {
        targetGroupArn: props.targetGroupArn,
        containerName: props.containerName,
        containerPort: props.containerPort,
        ...(props.alternate && {
          advancedConfiguration: {
            alternateTargetGroupArn: props.alternate.targetGroupArn,
            productionListenerRule: props.alternate.ruleArn,
            roleArn: props.alternate.roleArn,
          },
        }),
      },
    ],
    deploymentConfiguration: {
      minimumHealthyPercent: props.minimumHealthyPercent,
      maximumPercent: props.maximumPercent,
      deploymentCircuitBreaker: { enable: props.circuitBreaker, rollback: props.circuitBreaker },
      strategy: props.bakeTime === undefined ? ('ROLLING' as const) : ('BLUE_GREEN' as const),
      ...(props.bakeTime !== undefined && { bakeTimeInMinutes: props.bakeTime }),
    },
    healthCheckGracePeriodSeconds: props.healthCheckGracePeriod,
    enableExecuteCommand: props.exec,
    propagateTags: 'SERVICE' as const,
    availabilityZoneRebalancing: rebalancingOf(props),
  };
}

/** ECS moves a task by starting another one first, so it refuses to where there may never be one more than wanted. */
function rebalancingOf({ maximumPercent }: ServiceProps) {
  return maximumPercent > 100 ? ('ENABLED' as const) : ('DISABLED' as const);
}

/** Which member of UpdateService each property goes into. */
const memberOf: Record<string, string> = {
  alternate: 'loadBalancers',
  bakeTime: 'deploymentConfiguration',
  taskDefinition: 'taskDefinition',
  desiredCount: 'desiredCount',
  subnetIds: 'networkConfiguration',
  securityGroupIds: 'networkConfiguration',
  assignPublicIp: 'networkConfiguration',
  targetGroupArn: 'loadBalancers',
  containerName: 'loadBalancers',
  containerPort: 'loadBalancers',
  minimumHealthyPercent: 'deploymentConfiguration',
  maximumPercent: 'deploymentConfiguration',
  circuitBreaker: 'deploymentConfiguration',
  healthCheckGracePeriod: 'healthCheckGracePeriodSeconds',
  exec: 'enableExecuteCommand',
  propagateTags: 'propagateTags',
  availabilityZoneRebalancing: 'availabilityZoneRebalancing',
};
