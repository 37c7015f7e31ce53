import type {
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';
import { CreateService } from './create-service.ts';
import { clusterOf, findService, nameOf } from './find.ts';
import { schedule } from './scheduler/scheduler.ts';
import { invalid } from './service-checks.ts';
import { serviceView } from './service-view.ts';
import { arn, ecsState } from './state.ts';
import { UpdateService } from './update-service.ts';

export const serviceOperations: Operations = {
  CreateService,
  DeleteService,
  DescribeServices,
  ListServices,
  UpdateService,
};

const describedAtOnce = 10;

function DescribeServices(input: DescribeServicesRequest, call: Call): DescribeServicesResponse {
  const cluster = clusterOf(call, input.cluster);
  const names = input.services ?? [];
  if (names.length === 0) invalid('Services cannot be empty.');
  if (names.length > describedAtOnce) invalid('Services cannot be longer than 10.');
  const output: Required<DescribeServicesResponse> = { services: [], failures: [] };
  for (const name of names) {
    const service = findService(call, cluster, name);
    if (service === undefined) {
      const missing = arn(call, `service/${cluster.clusterName}/${nameOf(name)}`);
      output.failures.push({ arn: missing, reason: 'MISSING' });
    } else {
      output.services.push(serviceView(call, service, input.include?.includes('TAGS') === true));
    }
  }
  return output;
}

/** Those that are ACTIVE: one that drains can only be described. */
function ListServices(input: ListServicesRequest, call: Call): ListServicesResponse {
  const { clusterArn } = clusterOf(call, input.cluster);
  const listed = [...ecsState(call).services.values()].filter(
    (service) => service.clusterArn === clusterArn && service.status === 'ACTIVE',
  );
  const { items, next } = page(listed, {
    key: ({ serviceArn }) => serviceArn,
    size: input.maxResults ?? 10,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return { serviceArns: items.map(({ serviceArn }) => serviceArn), nextToken: next };
}

/** The service is DRAINING until its last task is gone, then INACTIVE. */
function DeleteService(input: DeleteServiceRequest, call: Call): DeleteServiceResponse {
  const service = findService(call, clusterOf(call, input.cluster), input.service);
  if (service === undefined || service.status === 'INACTIVE') {
    throw new AwsError('ServiceNotFoundException', 'Service not found.');
  }
  if (service.desiredCount > 0 && input.force !== true) {
    invalid('The service cannot be stopped while it is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desiredCount = 0;
  schedule(call, service.serviceArn);
  return { service: serviceView(call, service) };
}
