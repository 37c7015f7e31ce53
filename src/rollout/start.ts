import {
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import type { Cloud } from '../aws/cloud.ts';
import type { EngineContext } from '../engine/context.ts';
import { persist } from '../engine/retry.ts';
import { polling } from '../engine/wait.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import { targetGroupsOf } from '../resources/ecs/target-groups.ts';
import type { Rollout } from './picture.ts';
import type { Running } from './running.ts';

/** How long a new deployment can take to show up in the listing, in milliseconds. */
const visibility = 60_000;

/** Lets the service run another revision (aws ecs update-service), and finds the deployment that ECS makes of it. */
export async function startRollout(
  context: EngineContext<Cloud>,
  { service }: Running,
  taskDefinition: string,
): Promise<Rollout> {
  const { cloud, clock } = context;
  const cluster = service.clusterArn!;
  const before = new Set((await deployments(context, service.serviceArn!, cluster)).map(arnOf));
  await cloud.ecs.send(new UpdateServiceCommand({ cluster, service: service.serviceName, taskDefinition }));
  const giveUpAt = clock.now() + visibility;
  const pace = polling({ ...context, signal: new AbortController().signal });
  for (;;) {
    const all = await deployments(context, service.serviceArn!, cluster);
    for (const one of all.filter((each) => !before.has(arnOf(each)))) {
      const rollout = await rolloutOf(context, { service }, one);
      if (rollout?.taskDefinition === taskDefinition) return rollout;
    }
    if (clock.now() >= giveUpAt) throw unseen(service.serviceName!);
    await pace.wait();
  }
}

/** The rollout that brings the running revision in, while it is under way; undefined when none is. */
export async function rolloutUnderWay(
  context: EngineContext<Cloud>,
  running: Running,
): Promise<Rollout | undefined> {
  const { service, definition } = running;
  const all = await deployments(context, service.serviceArn!, service.clusterArn!);
  const [current] = all.filter(({ status }) => status === 'IN_PROGRESS' || status === 'PENDING');
  const rollout = current && (await rolloutOf(context, running, current));
  return rollout?.taskDefinition === definition.taskDefinitionArn ? rollout : undefined;
}

/** aws ecs list-service-deployments: the newest of them. */
async function deployments(
  context: EngineContext<Cloud>,
  service: string,
  cluster: string,
): Promise<ServiceDeploymentBrief[]> {
  const { serviceDeployments = [] } = await persist(context, () =>
    context.cloud.ecs.send(new ListServiceDeploymentsCommand({ cluster, service })),
  );
  return serviceDeployments;
}

/** aws ecs describe-service-revisions: which revision of the task definition a deployment brings. */
async function rolloutOf(
  context: EngineContext<Cloud>,
  { service }: Pick<Running, 'service'>,
  { serviceDeploymentArn, targetServiceRevisionArn, createdAt }: ServiceDeploymentBrief,
): Promise<Rollout | undefined> {
  if (targetServiceRevisionArn === undefined) return undefined;
  const { serviceRevisions = [] } = await persist(context, () =>
    context.cloud.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] }),
    ),
  );
  const taskDefinition = serviceRevisions[0]?.taskDefinition;
  if (taskDefinition === undefined) return undefined;
  return {
    cluster: service.clusterArn!,
    service: service.serviceName!,
    targetGroupArns: targetGroupsOf(service),
    taskDefinition,
    deployment: serviceDeploymentArn!,
    createdAt: createdAt?.getTime() ?? 0,
  };
}

function arnOf({ serviceDeploymentArn }: ServiceDeploymentBrief): string {
  return serviceDeploymentArn ?? '';
}

function unseen(service: string): ChatopsError {
  return new ChatopsError(`service ${service} took the new revision, but ECS lists no deployment of it`, {
    code: 'deploy.unseen',
    exit: ExitCode.timeout,
    hint: 'see `chatops status`; run the same command again to follow the deployment',
  });
}
