import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import type { Service, Task } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../aws/cloud.ts';
import type { Names } from '../config/names.ts';
import { messageOf } from '../lib/errors.ts';
import type { Part, RedisPart, ServicePart, Snapshot, TargetPart, TaskPart } from './snapshot.ts';
import { judge } from './verdict.ts';

/**
 * Reads a stack: DescribeServices, DescribeTasks, DescribeTargetHealth, DescribeLoadBalancers and
 * DescribeReplicationGroups side by side. Never throws: a part that cannot be read carries its error.
 */
export async function readSnapshot(cloud: Cloud, names: Names, stack: string): Promise<Snapshot> {
  const found = part(() => findService(cloud, names));
  const [service, tasks, targets, endpoint, redis] = await Promise.all([
    found.then((each) => chain(each, (value) => readService(cloud, value))),
    part(() => readTasks(cloud, names)),
    found.then((each) => chain(each, (value) => readTargets(cloud, value))),
    part(() => readEndpoint(cloud, names)),
    part(() => readRedis(cloud, names)),
  ]);
  const snapshot = { stack, region: cloud.region, at: Date.now(), endpoint, service, tasks, targets, redis };
  return { ...snapshot, verdict: judge(snapshot) };
}

async function part<T>(read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function chain<T, U>(from: Part<T>, read: (value: T) => Promise<U>): Promise<Part<U>> {
  return from.error === undefined ? part(() => read(from.value)) : { error: from.error };
}

/** aws ecs describe-services */
async function findService(cloud: Cloud, names: Names): Promise<Service> {
  const { services = [] } = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }),
  );
  const service = services.find(({ status }) => status !== 'INACTIVE');
  if (service === undefined) throw new Error(`service ${names.service} does not exist`);
  return service;
}

/** aws ecs describe-task-definition */
async function readService(cloud: Cloud, service: Service): Promise<ServicePart> {
  const { taskDefinition } = await cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition }),
  );
  return {
    name: service.serviceName ?? '',
    status: service.status ?? '',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    image: taskDefinition?.containerDefinitions?.[0]?.image,
    deployments: (service.deployments ?? []).map((each) => ({
      id: each.id ?? '',
      status: each.status ?? '',
      rollout: each.rolloutState ?? '',
      reason: each.rolloutStateReason ?? '',
      desired: each.desiredCount ?? 0,
      running: each.runningCount ?? 0,
      failed: each.failedTasks ?? 0,
    })),
    events: (service.events ?? []).map(({ createdAt, message }) => ({
      at: createdAt?.getTime() ?? 0,
      message: message ?? '',
    })),
  };
}

/** aws ecs list-tasks, aws ecs describe-tasks */
async function readTasks(cloud: Cloud, names: Names): Promise<TaskPart[]> {
  const { taskArns = [] } = await cloud.ecs.send(
    new ListTasksCommand({ cluster: names.cluster, serviceName: names.service }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await cloud.ecs.send(
    new DescribeTasksCommand({ cluster: names.cluster, tasks: taskArns }),
  );
  return tasks.map(taskPart).toSorted((a, b) => (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity));
}

function taskPart(task: Task): TaskPart {
  const container = task.containers?.[0];
  return {
    id: task.taskArn?.split('/').at(-1) ?? '',
    status: task.lastStatus ?? '',
    zone: task.availabilityZone ?? '',
    privateIp: container?.networkInterfaces?.[0]?.privateIpv4Address,
    taskDefinition: task.taskDefinitionArn?.split('/').at(-1) ?? '',
    image: (container?.imageDigest ?? '').replace('sha256:', '').slice(0, 12),
    startedAt: task.startedAt?.getTime(),
  };
}

/** aws elbv2 describe-target-health */
async function readTargets(cloud: Cloud, service: Service): Promise<TargetPart[]> {
  const targetGroupArn = service.loadBalancers?.[0]?.targetGroupArn;
  const { TargetHealthDescriptions = [] } = await cloud.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    id: Target?.Id ?? '',
    port: Target?.Port ?? 0,
    zone: Target?.AvailabilityZone,
    state: TargetHealth?.State ?? '',
    reason: TargetHealth?.Reason,
  }));
}

/** aws elbv2 describe-load-balancers, aws elbv2 describe-listeners */
async function readEndpoint(cloud: Cloud, names: Names) {
  const { LoadBalancers = [] } = await cloud.elbv2.send(
    new DescribeLoadBalancersCommand({ Names: [names.loadBalancer] }),
  );
  const [balancer] = LoadBalancers;
  const { Listeners = [] } = await cloud.elbv2.send(
    new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
  );
  const port = Listeners[0]?.Port;
  const url = port === undefined ? undefined : `http://${balancer?.DNSName}${port === 80 ? '' : `:${port}`}`;
  return { url, loadBalancer: names.loadBalancer, state: balancer?.State?.Code ?? '' };
}

/** aws elasticache describe-replication-groups */
async function readRedis(cloud: Cloud, names: Names): Promise<RedisPart> {
  const { ReplicationGroups = [] } = await cloud.elasticache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: names.replicationGroup }),
  );
  const [group] = ReplicationGroups;
  const endpoint = group?.NodeGroups?.[0]?.PrimaryEndpoint;
  return {
    id: names.replicationGroup,
    status: group?.Status ?? '',
    engine: group?.Engine ?? '',
    endpoint: endpoint === undefined ? undefined : `${endpoint.Address}:${endpoint.Port}`,
    nodes: group?.MemberClusters?.length ?? 0,
  };
}
