import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  paginateListServices,
  UpdateServiceCommand,
  type Service,
} from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { ChatopsError, ExitCode } from '../../lib/errors.ts';
import { compareFields, compareSet } from '../shared/compare.ts';
import { createNamed, unless } from '../shared/errors.ts';
import { collect, inBatches } from '../shared/pages.ts';
import { lowerCaseTagList, owned, type Candidate } from '../shared/tags.ts';
import { listClusters, nameFrom } from './clusters.ts';
import { firstStopReason, hasFailed } from './service-failure.ts';

interface ServiceProps {
  name: string;
  /** Name of the cluster. */
  cluster: string;
  /** ARN of a revision. */
  taskDefinition: string;
  desiredCount: number;
  subnetIds: string[];
  securityGroupIds: string[];
  assignPublicIp: boolean;
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** Whether ECS gives a failing deployment up and goes back to the one before. */
  circuitBreaker: boolean;
  /** Seconds after its start in which a task may be unhealthy. */
  healthCheckGracePeriod: number;
  /** Whether ECS Exec may open a shell in a task. */
  exec: boolean;
}

interface ServiceAttrs extends ServiceProps {
  arn: string;
  /** `ACTIVE` or `DRAINING`. */
  status: string;
  propagateTags: string;
  runningCount: number;
  /** The deployment that counts: its state in ECS's words, how many others still stand, and how many tasks failed. */
  deployment: { state: string; others: number; failedTasks: number };
  /** Why ECS gave the deployment up; undefined when it did not. */
  failure: string | undefined;
}

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
        desiredCount: 'update',
        assignPublicIp: 'update',
        targetGroupArn: 'update',
        containerName: 'update',
        containerPort: 'update',
        minimumHealthyPercent: 'update',
        maximumPercent: 'update',
        circuitBreaker: 'update',
        healthCheckGracePeriod: 'update',
        exec: 'update',
      }),
      ...compareFields({ propagateTags: 'SERVICE' }, current, { propagateTags: 'update' }),
      ...compareSet('subnetIds', current.subnetIds, desired.subnetIds),
      ...compareSet('securityGroupIds', current.securityGroupIds, desired.securityGroupIds),
    ];
  },

  ready({ name, status, failure, deployment, runningCount, desiredCount }) {
    if (status === 'DRAINING') return 'draining';
    if (failure !== undefined) {
      throw new ChatopsError(`service ${name}: the deployment failed: ${failure}`, {
        code: 'service.deployment-failed',
        exit: ExitCode.failed,
        hint: 'Read `chatops logs`, put right what made the tasks fail, and run `chatops up` again.',
      });
    }
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
      exists: async () => (await describe(cloud, props.cluster, [props.name])).length > 0,
      find: () => service.find(cloud, step.scope),
      create: () =>
        cloud.ecs.send(
          new CreateServiceCommand({
            ...changeable(props),
            cluster: props.cluster,
            serviceName: props.name,
            launchType: 'FARGATE',
            tags: lowerCaseTagList(step.tags),
          }),
        ),
    });
  },

  async update(cloud, props) {
    await cloud.ecs.send(
      new UpdateServiceCommand({ ...changeable(props), cluster: props.cluster, service: props.name }),
    );
  },

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

async function servicesOf(cloud: Cloud, cluster: string): Promise<Candidate<ServiceAttrs>[]> {
  const arns = await unless(
    collect(paginateListServices({ client: cloud.ecs }, { cluster }), (page) => page.serviceArns),
    'ClusterNotFoundException',
  );
  const services = await inBatches(arns ?? [], 10, (batch) => describe(cloud, cluster, batch));
  return Promise.all(
    services.map(async (one) => ({
      tags: one.tags,
      ref: one.serviceName!,
      attrs: attrsOf(one, await failureOf(cloud, cluster, one)),
    })),
  );
}

/** INACTIVE services stay describable for a while; they count as gone. */
async function describe(cloud: Cloud, cluster: string, names: string[]): Promise<Service[]> {
  const answer = await unless(
    cloud.ecs.send(new DescribeServicesCommand({ cluster, services: names, include: ['TAGS'] })),
    'ClusterNotFoundException',
  );
  return (answer?.services ?? []).filter((one) => one.status !== 'INACTIVE');
}

/** Asked only where something went wrong, so that a healthy stack is read in three calls. */
async function failureOf(cloud: Cloud, cluster: string, one: Service): Promise<string | undefined> {
  const primary = primaryOf(one);
  if (!hasFailed(primary)) return undefined;
  const cause = await firstStopReason(cloud, cluster, one.serviceName!);
  return cause ?? primary?.rolloutStateReason ?? 'no reason given';
}

function primaryOf(one: Service) {
  return one.deployments?.find((deployment) => deployment.status === 'PRIMARY');
}

function attrsOf(one: Service, failure: string | undefined): ServiceAttrs {
  const network = one.networkConfiguration?.awsvpcConfiguration;
  const target = one.loadBalancers?.[0];
  const configuration = one.deploymentConfiguration;
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
    containerName: target?.containerName ?? '',
    containerPort: target?.containerPort ?? 0,
    minimumHealthyPercent: configuration?.minimumHealthyPercent ?? 100,
    maximumPercent: configuration?.maximumPercent ?? 200,
    circuitBreaker: breaker?.enable === true && breaker.rollback === true,
    healthCheckGracePeriod: one.healthCheckGracePeriodSeconds ?? 0,
    exec: one.enableExecuteCommand ?? false,
    propagateTags: one.propagateTags ?? 'NONE',
    runningCount: one.runningCount ?? 0,
    deployment: {
      state: primary?.rolloutState ?? 'COMPLETED',
      others: Math.max(0, (one.deployments?.length ?? 0) - 1),
      failedTasks: primary?.failedTasks ?? 0,
    },
    failure,
  };
}

function changeable(props: ServiceProps) {
  return {
    taskDefinition: props.taskDefinition,
    desiredCount: props.desiredCount,
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
      },
    ],
    deploymentConfiguration: {
      minimumHealthyPercent: props.minimumHealthyPercent,
      maximumPercent: props.maximumPercent,
      deploymentCircuitBreaker: { enable: props.circuitBreaker, rollback: props.circuitBreaker },
    },
    healthCheckGracePeriodSeconds: props.healthCheckGracePeriod,
    enableExecuteCommand: props.exec,
    propagateTags: 'SERVICE' as const,
  };
}
