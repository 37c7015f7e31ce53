import { randomUUID } from 'node:crypto';
import type { NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import { ec2State } from '../../ec2/state.ts';
import type { Place, StoredService, StoredTask, StoredTaskDefinition } from '../state.ts';
import { nextProvider } from '../capacity-provider.ts';
import { arn, ecsState, newTaskId } from '../state.ts';

export interface NewTask {
  clusterArn: string;
  definition: StoredTaskDefinition;
  networkConfiguration: NetworkConfiguration | undefined;
  /** `service:<name>` or `family:<family>`. */
  group: string;
  startedBy?: string;
  service?: StoredService;
  /** In place of the service's own. */
  targetGroupArn?: string | undefined;
  overrides?: TaskOverride;
  enableExecuteCommand?: boolean;
  tags?: { key?: string; value?: string }[];
}

/** Puts a task on record as PROVISIONING, in the subnet that has the fewest of its group. */
export function newTask(place: Place, wanted: NewTask): StoredTask {
  const { definition, service } = wanted;
  const state = ecsState(place);
  const clusterName = wanted.clusterArn.slice(wanted.clusterArn.lastIndexOf('/') + 1);
  const taskId = newTaskId();
  const taskArn = arn(place, `task/${clusterName}/${taskId}`);
  const subnetId = emptiestSubnet(place, wanted);
  const task: StoredTask = {
    taskArn,
    taskId,
    clusterArn: wanted.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    availabilityZone: ec2State(place).subnets.get(subnetId)?.AvailabilityZone,
    attachments: [
      {
        id: randomUUID(),
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: [{ name: 'subnetId', value: subnetId }],
      },
    ],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
    ],
    containers: definition.containerDefinitions.map((container) => ({
      containerArn: arn(place, `container/${clusterName}/${taskId}/${randomUUID()}`),
      taskArn,
      name: container.name,
      image: container.image,
      lastStatus: 'PENDING',
      networkInterfaces: [],
      healthStatus: 'UNKNOWN',
      cpu: String(container.cpu ?? 0),
    })),
    cpu: definition.cpu,
    memory: definition.memory,
    createdAt: new Date(place.cloud.clock.now()),
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    enableExecuteCommand: wanted.enableExecuteCommand ?? false,
    group: wanted.group,
    healthStatus: 'UNKNOWN',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...wanted.overrides },
    ephemeralStorage: definition.ephemeralStorage ?? { sizeInGiB: 20 },
    tags: wanted.tags ?? [],
    version: 1,
    subnetId,
    targets: (service?.loadBalancers ?? []).map(({ targetGroupArn, containerPort }) => ({
      targetGroupArn: wanted.targetGroupArn ?? targetGroupArn ?? '',
      port: containerPort ?? 0,
    })),
    reported: false,
    wasHealthy: false,
  };
  if (wanted.startedBy !== undefined) task.startedBy = wanted.startedBy;
  const provider = service && nextProvider(place, service);
  if (provider !== undefined) task.capacityProviderName = provider;
  if (service !== undefined) {
    task.serviceArn = service.serviceArn;
    task.deploymentId = wanted.startedBy;
  }
  state.tasks.set(taskArn, task);
  return task;
}

/** Spreads over the zones: ECS's default for Fargate. */
function emptiestSubnet(place: Place, { networkConfiguration, group }: NewTask): string {
  const tasks = [...ecsState(place).tasks.values()].filter(
    (task) => task.group === group && task.desiredStatus === 'RUNNING',
  );
  const subnets = networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const load = (subnetId: string) => tasks.filter((task) => task.subnetId === subnetId).length;
  return subnets.toSorted((one, other) => load(one) - load(other))[0] ?? '';
}
