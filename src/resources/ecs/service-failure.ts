import { DescribeTasksCommand, ListTasksCommand, type Deployment, type Task } from '@aws-sdk/client-ecs';
import type { Cloud } from '../../aws/cloud.ts';
import { serviceDeployments } from './service-deployments.ts';

/** Whether ECS gave a deployment up: it says so of the deployment itself, or of the one that it goes back to. */
export function hasFailed(deployment: Deployment | undefined): boolean {
  return deployment?.rolloutState === 'FAILED' || /rolling back/i.test(deployment?.rolloutStateReason ?? '');
}

/** Why the newest deployment of a service was rolled back, or undefined when it was not (`aws ecs list-service-deployments`). */
export async function lastRollback(
  cloud: Cloud,
  cluster: string,
  service: string,
): Promise<string | undefined> {
  const deployments = await serviceDeployments(cloud, cluster, service);
  const [newest] = deployments.toSorted(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
  if (newest?.status?.startsWith('ROLLBACK') !== true) return undefined;
  return newest.statusReason ?? 'it was rolled back';
}

/** Why the first task of a service that failed was stopped, in ECS's words, or undefined when none is left to ask (`aws ecs list-tasks --desired-status STOPPED`, `describe-tasks`). */
export async function firstStopReason(
  cloud: Cloud,
  cluster: string,
  serviceName: string,
): Promise<string | undefined> {
  const { taskArns = [] } = await cloud.ecs.send(
    new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' }),
  );
  if (taskArns.length === 0) return undefined;
  const { tasks = [] } = await cloud.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100) }),
  );
  // Tasks that the scheduler stopped were in the way, not at fault: those come last.
  const [first] = tasks.toSorted(
    (a, b) => fault(a) - fault(b) || (a.stoppedAt?.getTime() ?? 0) - (b.stoppedAt?.getTime() ?? 0),
  );
  return first && reasonOf(first);
}

/** What to do about tasks that were stopped for this reason. Pure. */
export function hintFor(reason: string): string {
  return (
    hints.find(([pattern]) => pattern.test(reason))?.[1] ??
    'Read `chatops logs`, put right what made the tasks fail, and run `chatops up` again.'
  );
}

const hints: [RegExp, string][] = [
  [
    /descriptor (matching|for) platform|exec format error/i,
    'The image is not made for the CPU of the tasks: set "service.architecture" to the one that it is made for, or push it for both, and run `chatops up` again.',
  ],
  [
    /CannotPullContainer/i,
    'Check the name in "service.image", and that anybody may pull it or that it is in an ECR of this account; then run `chatops up` again.',
  ],
  [
    /ELB health checks/i,
    'The tasks must listen on "service.port" and answer the path of "loadBalancer.healthCheck"; read `chatops logs`, put it right, and run `chatops up` again.',
  ],
  [
    /container health checks/i,
    'The command of "service.healthCheck" must end with 0 inside the container; read `chatops logs`, put it right, and run `chatops up` again.',
  ],
  [
    // An image of one architecture is pulled onto the other one, too: only its log says that it cannot run.
    /exit code (1|126|127|139|255)\b/,
    'Read `chatops logs` ("exec format error" means that the image is made for another CPU than "service.architecture", "Read-only file system" that it needs "service.readonlyRootFilesystem": false), put it right, and run `chatops up` again.',
  ],
];

function fault({ stopCode }: Task): number {
  return stopCode === 'ServiceSchedulerInitiated' || stopCode === 'UserInitiated' ? 1 : 0;
}

function reasonOf({ stoppedReason, containers = [] }: Task): string {
  const container = containers.find(({ exitCode, reason }) => reason !== undefined || exitCode !== undefined);
  const exit = container?.exitCode === undefined ? undefined : `exit code ${container.exitCode}`;
  const parts = [stoppedReason, container?.reason, exit].filter((part) => part !== undefined);
  return parts.join(', ');
}
