import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';
import { clusterOf, findService, findTaskDefinition } from './find.ts';
import { failDeployment } from './scheduler/rollout.ts';
import { schedule } from './scheduler/scheduler.ts';
import type { Place, StoredService, StoredServiceDeployment } from './state.ts';
import { ecsState } from './state.ts';

export const serviceDeploymentOperations: Operations = {
  DescribeServiceDeployments,
  DescribeServiceRevisions,
  ListServiceDeployments,
  StopServiceDeployment,
};

/** Newest first. */
function ListServiceDeployments(
  input: ListServiceDeploymentsRequest,
  call: Call,
): ListServiceDeploymentsResponse {
  const service = findService(call, clusterOf(call, input.cluster), input.service);
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  const { after, before } = input.createdAt ?? {};
  const matching = service.serviceDeployments.filter(
    ({ status, createdAt }) =>
      (!input.status?.length || input.status.includes(status)) &&
      (after === undefined || createdAt > after) &&
      (before === undefined || createdAt < before),
  );
  const { items, next } = page(matching, {
    key: (one) => String(service.serviceDeployments.indexOf(one)).padStart(9, '0'),
    size: input.maxResults ?? 20,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return {
    nextToken: next,
    serviceDeployments: items.map((one) => ({
      serviceDeploymentArn: one.serviceDeploymentArn,
      serviceArn: one.serviceArn,
      clusterArn: one.clusterArn,
      createdAt: one.createdAt,
      startedAt: one.startedAt,
      finishedAt: one.finishedAt,
      targetServiceRevisionArn: one.targetServiceRevision?.arn,
      status: one.status,
      statusReason: one.statusReason,
    })),
  };
}

function DescribeServiceDeployments(
  input: DescribeServiceDeploymentsRequest,
  call: Call,
): DescribeServiceDeploymentsResponse {
  const output: Required<DescribeServiceDeploymentsResponse> = { serviceDeployments: [], failures: [] };
  for (const arn of input.serviceDeploymentArns ?? []) {
    const found = find(call, arn);
    if (found === undefined) output.failures.push({ arn, reason: 'MISSING' });
    else output.serviceDeployments.push(view(call, found.service, found.record));
  }
  return output;
}

function DescribeServiceRevisions(
  input: DescribeServiceRevisionsRequest,
  call: Call,
): DescribeServiceRevisionsResponse {
  const output: Required<DescribeServiceRevisionsResponse> = { serviceRevisions: [], failures: [] };
  const services = [...ecsState(call).services.values()];
  for (const arn of input.serviceRevisionArns ?? []) {
    const service = services.find(({ revisions }) => revisions.some((revision) => revision.arn === arn));
    const revision = service?.revisions.find((one) => one.arn === arn);
    if (service === undefined || revision === undefined) {
      output.failures.push({ arn, reason: 'MISSING' });
      continue;
    }
    output.serviceRevisions.push({
      serviceRevisionArn: arn,
      serviceArn: service.serviceArn,
      clusterArn: service.clusterArn,
      taskDefinition: revision.taskDefinition,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
      loadBalancers: service.loadBalancers,
      ...(revision.targetGroupArn !== undefined && {
        resolvedConfiguration: {
          loadBalancers: [
            {
              targetGroupArn: revision.targetGroupArn,
              productionListenerRule: service.loadBalancers[0]?.advancedConfiguration?.productionListenerRule,
            },
          ],
        },
      }),
      networkConfiguration: service.networkConfiguration,
      containerImages: findTaskDefinition(call, revision.taskDefinition)?.containerDefinitions.map(
        ({ name, image }) => ({ containerName: name, image }),
      ),
      createdAt: revision.createdAt,
    });
  }
  return output;
}

/** ROLLBACK (the default) goes back to the last completed deployment; ABORT leaves things where they are. */
function StopServiceDeployment(
  input: StopServiceDeploymentRequest,
  call: Call,
): StopServiceDeploymentResponse {
  const found = find(call, input.serviceDeploymentArn ?? '');
  if (found === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  }
  const { service, record } = found;
  if (record.finishedAt !== undefined || record.rollback !== undefined) {
    throw new AwsError(
      'ConflictException',
      'The service deployment is not in a state in which it can be stopped.',
    );
  }
  failDeployment(call, service, 'Service deployment stopped by the user.', input.stopType !== 'ABORT');
  schedule(call, service.serviceArn);
  return { serviceDeploymentArn: record.serviceDeploymentArn };
}

function find(
  place: Place,
  arn: string,
): { service: StoredService; record: StoredServiceDeployment } | undefined {
  for (const service of ecsState(place).services.values()) {
    const record = service.serviceDeployments.find((one) => one.serviceDeploymentArn === arn);
    if (record !== undefined) return { service, record };
  }
  return undefined;
}

function view(
  place: Place,
  service: StoredService,
  { deploymentId, bakedAt: _bakedAt, ...record }: StoredServiceDeployment,
): ServiceDeployment {
  if (record.finishedAt !== undefined) return record;
  const tasks = [...ecsState(place).tasks.values()].filter((task) => task.deploymentId === deploymentId);
  return {
    ...record,
    targetServiceRevision: {
      ...record.targetServiceRevision,
      requestedTaskCount: service.desiredCount,
      runningTaskCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      pendingTaskCount: tasks.filter(({ lastStatus }) =>
        ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus),
      ).length,
    },
  };
}
