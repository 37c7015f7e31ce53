import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { imageVersions } from './image-version.ts';
import { Absent } from './part-reader.ts';
import type { PartReader, ReadService, Reading } from './part-reader.ts';
import type { DeploymentPart } from './snapshot.ts';

const keptEvents = 30;

/** aws ecs describe-services, and once per task definition aws ecs describe-task-definition */
export function serviceReader(versions = imageVersions()): PartReader<ReadService> {
  const images = new Map<string, string>();

  async function imageOf({ cloud, signal: abortSignal }: Reading, taskDefinition: string): Promise<string> {
    let image = images.get(taskDefinition);
    if (image === undefined) {
      const answer = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }), {
        abortSignal,
      });
      image = answer.taskDefinition?.containerDefinitions?.[0]?.image ?? '';
      // A revision never changes.
      images.set(taskDefinition, image);
    }
    return image;
  }

  async function deploymentPart(reading: Reading, each: Deployment): Promise<DeploymentPart> {
    const image = await imageOf(reading, each.taskDefinition ?? '');
    return {
      id: each.id ?? '',
      status: each.status ?? '',
      rollout: each.rolloutState ?? '',
      reason: each.rolloutStateReason ?? '',
      taskDefinition: shortName(each.taskDefinition),
      version: await versions.of(reading, image),
      image,
      desired: each.desiredCount ?? 0,
      running: each.runningCount ?? 0,
      pending: each.pendingCount ?? 0,
      failed: each.failedTasks ?? 0,
      createdAt: each.createdAt?.getTime(),
      updatedAt: each.updatedAt?.getTime(),
    };
  }

  return {
    needs: [],
    pause: () => 2_000,
    async read(reading) {
      const service = await describe(reading);
      return {
        name: service.serviceName ?? '',
        status: service.status ?? '',
        desired: service.desiredCount ?? 0,
        running: service.runningCount ?? 0,
        pending: service.pendingCount ?? 0,
        targetGroupArns: (service.loadBalancers ?? [])
          .flatMap((one) => [one.targetGroupArn, one.advancedConfiguration?.alternateTargetGroupArn])
          .filter((arn) => arn !== undefined),
        deployments: await Promise.all(
          (service.deployments ?? []).map((each) => deploymentPart(reading, each)),
        ),
        events: (service.events ?? []).slice(0, keptEvents).map(({ createdAt, message }) => ({
          at: createdAt?.getTime() ?? 0,
          message: message ?? '',
        })),
      };
    },
  };
}

/** The last part of an ARN. */
export function shortName(arn = ''): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function describe({ cloud, names, signal: abortSignal }: Reading): Promise<Service> {
  const command = new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] });
  const { services = [] } = await cloud.ecs.send(command, { abortSignal });
  const service = services.find(({ status }) => status !== 'INACTIVE');
  if (service === undefined) throw new Absent(`service ${names.service} does not exist`);
  return service;
}
