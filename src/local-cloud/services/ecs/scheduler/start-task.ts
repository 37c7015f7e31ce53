import type { ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../operation.ts';
import type { RunningTask } from '../../../runtime/data-plane.ts';
import { createNetworkInterface } from '../../ec2/network-interface.ts';
import { resolveImage } from '../../ecr/resolve-image.ts';
import type { Place, StoredTask, StoredTaskDefinition } from '../state.ts';
import { newTaskId } from '../state.ts';
import { issueTaskKey } from '../task-credentials.ts';
import { metadataUri } from '../task-metadata.ts';
import { checkedContainers, watchContainer } from './container-health.ts';
import { containerExited, finishTask } from './finish-task.ts';
import { openLogStream } from './log-stream.ts';
import type { Runtime } from './runtime.ts';
import { ownCall } from './runtime.ts';
import { secretValues } from './secrets.ts';
import { registerTargets } from './targets.ts';

/**
 * Takes a task from PROVISIONING to RUNNING: network interface, secrets, image, log stream, process, target groups.
 * A step that fails stops the task with the reason in ECS's words; being told to stop on the way ends it, too.
 * Resolves when the task runs or has stopped; never rejects.
 */
export async function startTask(
  runtime: Runtime,
  task: StoredTask,
  definition: StoredTaskDefinition,
  securityGroupIds: string[],
  publicAddress: boolean,
): Promise<void> {
  const { place } = runtime;
  const now = () => new Date(place.cloud.clock.now());
  const told = () => task.desiredStatus === 'STOPPED';
  const provisioning = place.cloud.clock.latency('task.provision');
  if (provisioning > 0) await new Promise<void>((resolve) => place.cloud.clock.after(provisioning, resolve));
  try {
    if (told()) return await finishTask(runtime, task);
    await attachNetworkInterface(runtime, task, definition, securityGroupIds, publicAddress);
    task.lastStatus = 'PENDING';
    task.pullStartedAt = now();
    const own = ownEnvironment(place, task, definition.taskRoleArn);
    const { containerDefinitions } = definition;
    const prepared = await Promise.all(
      containerDefinitions.map((container) => prepare(runtime, task, container, own)),
    );
    task.pullStoppedAt = now();
    if (told()) return await finishTask(runtime, task);
    task.lastStatus = 'ACTIVATING';
    const running: RunningTask[] = [];
    runtime.running.set(task.taskArn, running);
    for (const [index, start] of prepared.entries()) {
      const started = await start();
      running.push(started);
      watchContainer(runtime, task, containerDefinitions[index]!, started, checkedContainers(definition));
    }
    Object.assign(task, { connectivity: 'CONNECTED', connectivityAt: now() });
    // Told to stop, or its program has ended, while the others were starting.
    if (told()) {
      for (const container of running) container.stop();
      return;
    }
    await registerTargets(ownCall(place), task);
    if (told()) return;
    task.lastStatus = 'RUNNING';
    task.startedAt = now();
  } catch (error) {
    await fail(runtime, task, error);
  }
}

async function fail(runtime: Runtime, task: StoredTask, error: unknown): Promise<void> {
  const reason = error instanceof AwsError ? `${error.code}: ${error.message}` : messageOf(error);
  if (task.desiredStatus !== 'STOPPED') {
    task.desiredStatus = 'STOPPED';
    task.stoppingAt = new Date(runtime.place.cloud.clock.now());
    task.stopCode = 'TaskFailedToStart';
    task.stoppedReason = reason;
    const [container] = task.containers;
    if (container !== undefined && reason.startsWith('Cannot')) container.reason = reason;
  }
  const running = runtime.running.get(task.taskArn) ?? [];
  // Their exits finish the task.
  if (running.length > 0) for (const container of running) container.stop();
  else await finishTask(runtime, task);
}

async function attachNetworkInterface(
  { place }: Runtime,
  task: StoredTask,
  definition: StoredTaskDefinition,
  securityGroupIds: string[],
  publicAddress: boolean,
): Promise<void> {
  const port = portOf(definition);
  task.local = await place.cloud.dataPlane.addresses.claim(port);
  const made = createNetworkInterface(ownCall(place), {
    subnetId: task.subnetId,
    securityGroupIds,
    description: task.taskArn,
    requester: 'amazon-ecs',
    publicAddress,
    local: task.local,
  });
  task.networkInterfaceId = made.NetworkInterfaceId;
  task.privateIp = made.PrivateIpAddress;
  const details = {
    subnetId: task.subnetId,
    networkInterfaceId: made.NetworkInterfaceId,
    macAddress: made.MacAddress ?? '',
    privateDnsName: `ip-${made.PrivateIpAddress.replaceAll('.', '-')}.ec2.internal`,
    privateIPv4Address: made.PrivateIpAddress,
  };
  const [attachment] = task.attachments ?? [];
  if (attachment !== undefined) {
    attachment.status = 'ATTACHED';
    attachment.details = Object.entries(details).map(([name, value]) => ({ name, value }));
  }
  for (const container of task.containers) {
    container.networkInterfaces = [
      { attachmentId: attachment?.id, privateIpv4Address: made.PrivateIpAddress },
    ];
  }
}

/** Everything that can fail before the first process starts: secrets, image and log stream of one container. */
async function prepare(
  runtime: Runtime,
  task: StoredTask,
  definition: ContainerDefinition,
  own: Record<string, string>,
): Promise<() => Promise<RunningTask>> {
  const { place } = runtime;
  const shown = task.containers.find(({ name }) => name === definition.name);
  const override = task.overrides?.containerOverrides?.find(({ name }) => name === definition.name);
  const secrets = await secretValues(ownCall(place), definition.secrets ?? []);
  const { digest, manifest } = await resolveImage(place, definition.image ?? '');
  const log = await openLogStream((region) => ownCall(place, region), definition, task.taskId);
  if (shown !== undefined) shown.imageDigest = digest;
  const containerPort = definition.portMappings?.[0]?.containerPort ?? 0;
  return async () => {
    const started = await place.cloud.dataPlane.tasks.start({
      taskId: task.taskId,
      manifest,
      containerName: definition.name ?? '',
      containerPort,
      bind: task.local ?? { host: '127.0.0.1', port: containerPort },
      command: override?.command ?? definition.command,
      entryPoint: definition.entryPoint,
      environment: environmentOf(definition, override, secrets, own),
      stopTimeout: definition.stopTimeout ?? 30,
      onLog: (line) => log.write(line),
      onExit: (exit) => {
        void log.flush().then(() => containerExited(runtime, task, definition, exit));
      },
    });
    if (shown?.lastStatus === 'PENDING') {
      shown.lastStatus = 'RUNNING';
      shown.runtimeId = `${task.taskId}-${newTaskId().slice(0, 10)}`;
    }
    return started;
  };
}

/** What ECS gives every container of a task, and where this cloud answers: an unmodified SDK client in a task finds both. */
function ownEnvironment(
  { cloud, region }: Place,
  task: StoredTask,
  roleArn: string | undefined,
): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_ENDPOINT_URL: cloud.endpoint,
    ECS_CONTAINER_METADATA_URI_V4: metadataUri(cloud, task),
    ...(roleArn && { AWS_CONTAINER_CREDENTIALS_FULL_URI: issueTaskKey(cloud, task.taskId, roleArn) }),
  };
}

/** Later ones win. */
function environmentOf(
  { environment }: ContainerDefinition,
  override: ContainerOverride | undefined,
  secrets: Record<string, string>,
  own: Record<string, string>,
): Record<string, string> {
  return {
    ...own,
    ...Object.fromEntries(
      [...(environment ?? []), ...(override?.environment ?? [])].map(({ name, value }) => [
        name ?? '',
        value ?? '',
      ]),
    ),
    ...secrets,
  };
}

function portOf({ containerDefinitions }: StoredTaskDefinition): number {
  const ports = containerDefinitions.flatMap(({ portMappings }) => portMappings ?? []);
  // A task without a port still has an address; any port shows that nothing else listens there.
  return ports[0]?.containerPort ?? 1024;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
