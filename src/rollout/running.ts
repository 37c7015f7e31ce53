import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { ContainerDefinition, Service, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Cloud } from '../aws/cloud.ts';
import { unless } from '../aws/unless.ts';
import type { Names } from '../config/names.ts';

/** What a service runs now. */
export interface Running {
  service: Service;
  definition: TaskDefinition;
  /** Of the task definition. */
  tags: Tag[];
  container: ContainerDefinition;
}

/** Reads what the stack's service runs (aws ecs describe-services, aws ecs describe-task-definition); undefined where there is no service. */
export async function readRunning(cloud: Cloud, names: Names): Promise<Running | undefined> {
  const answer = await unless(
    cloud.ecs.send(new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] })),
    'ClusterNotFoundException',
  );
  const service = answer?.services?.find(({ status }) => status === 'ACTIVE');
  if (service === undefined) return undefined;
  const { taskDefinition, tags = [] } = await cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition, include: ['TAGS'] }),
  );
  const containers = taskDefinition?.containerDefinitions ?? [];
  const container = containers.find(({ name }) => name === names.container) ?? containers[0]!;
  return { service, definition: taskDefinition!, tags, container };
}
