import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import type { Task } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../aws/cloud.ts';
import { collect, inBatches } from '../resources/shared/pages.ts';
import type { Side } from './events.ts';

/** A rollout under way: what there is to look at. */
export interface Rollout {
  cluster: string;
  service: string;
  /** None for a service behind no load balancer: then a running task counts as healthy. */
  targetGroupArns: string[];
  /** ARN of the revision that is deployed. */
  taskDefinition: string;
  /** ARN of the service deployment. */
  deployment: string;
  /** When ECS began it, in milliseconds since 1970. */
  createdAt: number;
}

/** One task of a rollout. */
export interface RolloutTask {
  /** The last part of its ARN. */
  id: string;
  side: Side;
  /** ECS's lastStatus. */
  status: string;
  /** ECS wants it stopped. */
  leaving: boolean;
  zone: string;
  stopCode: string | undefined;
  stoppedReason: string | undefined;
  /** Of its container. */
  exitCode: number | undefined;
  containerReason: string | undefined;
  /** Milliseconds since 1970. */
  stoppedAt: number | undefined;
  /** In the target group; undefined while it is not registered. */
  target: { state: string; reason: string | undefined } | undefined;
}

/** A rollout at one moment, as plain data. */
export interface Picture {
  desired: number;
  /** Of the service deployment. */
  status: string;
  reason: string | undefined;
  /** How far a blue/green deployment is, in ECS's words; undefined for a rolling one. */
  stage: string | undefined;
  /** ARN of the revision that the service is at now: after a rollback, the old one. */
  taskDefinition: string;
  tasks: RolloutTask[];
  /** Since the rollout began, oldest first. */
  events: { id: string; message: string }[];
}

/** Reads how a rollout stands: its deployment, the service, its tasks and their health, side by side. */
export async function readPicture(cloud: Cloud, rollout: Rollout): Promise<Picture> {
  const { cluster, service, createdAt } = rollout;
  const [deployment, services, tasks, targets] = await Promise.all([
    describeDeployment(cloud, rollout.deployment),
    cloud.ecs.send(new DescribeServicesCommand({ cluster, services: [service] })),
    readTasks(cloud, rollout),
    readTargets(cloud, rollout),
  ]);
  const found = services.services?.[0];
  return {
    desired: found?.desiredCount ?? 0,
    status: deployment?.status ?? 'PENDING',
    reason: deployment?.statusReason,
    stage: deployment?.lifecycleStage,
    taskDefinition: found?.taskDefinition ?? '',
    tasks: tasks.map((task) => taskOf(task, rollout, targets)),
    events: (found?.events ?? [])
      .filter((event) => (event.createdAt?.getTime() ?? 0) >= createdAt)
      .map(({ id = '', message = '' }) => ({ id, message }))
      .toReversed(),
  };
}

/** aws ecs describe-service-deployments */
async function describeDeployment(cloud: Cloud, arn: string) {
  const { serviceDeployments = [] } = await cloud.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  return serviceDeployments[0];
}

/** Tasks of the service but those that were gone before it began (aws ecs list-tasks, aws ecs describe-tasks). */
async function readTasks(cloud: Cloud, { cluster, service, createdAt }: Rollout): Promise<Task[]> {
  const listings = (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
    collect(
      paginateListTasks({ client: cloud.ecs }, { cluster, serviceName: service, desiredStatus }),
      (page) => page.taskArns,
    ),
  );
  const arns = new Set((await Promise.all(listings)).flat());
  const tasks = await inBatches(
    [...arns],
    100,
    async (batch) => (await cloud.ecs.send(new DescribeTasksCommand({ cluster, tasks: batch }))).tasks,
  );
  return tasks.filter(({ stoppedAt }) => stoppedAt === undefined || stoppedAt.getTime() >= createdAt);
}

type Targets = Map<string, { state: string; reason: string | undefined }>;

/** By address (aws elbv2 describe-target-health). */
async function readTargets(cloud: Cloud, { targetGroupArns }: Rollout): Promise<Targets | undefined> {
  if (targetGroupArns.length === 0) return undefined;
  const answers = await Promise.all(
    targetGroupArns.map((arn) => cloud.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))),
  );
  return new Map(
    answers
      .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
      .map(({ Target, TargetHealth }) => [
        Target?.Id ?? '',
        { state: TargetHealth?.State ?? '', reason: TargetHealth?.Description ?? TargetHealth?.Reason },
      ]),
  );
}

function taskOf(task: Task, { taskDefinition }: Rollout, targets: Targets | undefined): RolloutTask {
  const containers = task.containers ?? [];
  // The one that says why, where there are several.
  const container =
    containers.find(({ exitCode = 0, reason }) => exitCode !== 0 || reason !== undefined) ?? containers[0];
  const address = container?.networkInterfaces?.[0]?.privateIpv4Address ?? '';
  const status = task.lastStatus ?? '';
  return {
    id: task.taskArn?.split('/').at(-1) ?? '',
    side: task.taskDefinitionArn === taskDefinition ? 'new' : 'old',
    status,
    leaving: task.desiredStatus === 'STOPPED',
    zone: task.availabilityZone ?? '',
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    exitCode: container?.exitCode,
    containerReason: container?.reason,
    stoppedAt: task.stoppedAt?.getTime(),
    // An address may have been given on since.
    target: status === 'STOPPED' ? undefined : (targets ?? aloneIf(status, address)).get(address),
  };
}

function aloneIf(status: string, address: string): Targets {
  return new Map(status === 'RUNNING' ? [[address, { state: 'healthy', reason: undefined }]] : []);
}
