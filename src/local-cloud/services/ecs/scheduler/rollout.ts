import type { Place, StoredDeployment, StoredService, StoredServiceDeployment } from '../state.ts';
import { arn, newNumber, newTaskId } from '../state.ts';
import { isBlueGreen, nextTargetGroup } from './alternate.ts';
import { failureThreshold } from './circuit-breaker.ts';
import { serviceEvent } from './service-event.ts';

/** Makes a new primary deployment out of what the service says now; the one before becomes ACTIVE until its tasks are gone. */
export function startDeployment(place: Place, service: StoredService): StoredDeployment {
  const now = new Date(place.cloud.clock.now());
  const clusterAndName = service.serviceArn.split(':service/')[1] ?? '';
  const id = `ecs-svc/${newNumber()}`;
  const revisionArn = arn(place, `service-revision/${clusterAndName}/${newNumber()}`);
  const targetGroupArn = nextTargetGroup(service);
  const ownGroup = targetGroupArn === undefined ? {} : { targetGroupArn };
  service.revisions.push({
    arn: revisionArn,
    taskDefinition: service.taskDefinition,
    ...ownGroup,
    createdAt: now,
  });
  const before = service.deployments.map(({ revisionArn: source }) => ({ arn: source }));
  for (const deployment of service.deployments) deployment.status = 'ACTIVE';
  const underWay = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (underWay !== undefined) {
    finish(underWay, now, 'STOPPED', 'Service deployment stopped because a newer one took its place.');
  }
  const deployment: StoredDeployment = {
    id,
    revisionArn,
    ...ownGroup,
    status: 'PRIMARY',
    taskDefinition: service.taskDefinition,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
    launchType: service.launchType,
    capacityProviderStrategy: service.capacityProviderStrategy,
    platformVersion: service.platformVersion,
    platformFamily: 'Linux',
    networkConfiguration: service.networkConfiguration,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    completed: false,
  };
  service.deployments.unshift(deployment);
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  service.serviceDeployments.unshift({
    serviceDeploymentArn: arn(place, `service-deployment/${clusterAndName}/${newTaskId().slice(0, 21)}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    deploymentId: id,
    status: 'IN_PROGRESS',
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    sourceServiceRevisions: before,
    targetServiceRevision: { arn: revisionArn },
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentCircuitBreaker: {
      status: breaker?.enable === true ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: failureThreshold(breaker, service.desiredCount),
    },
  });
  service.backOff = { failures: 0, until: 0 };
  service.steady = false;
  return deployment;
}

/** The primary deployment is the whole of the service now: its rollout is complete, or the roll-back to it. */
export function completeDeployment(place: Place, service: StoredService): void {
  const now = new Date(place.cloud.clock.now());
  const [primary] = service.deployments;
  service.deployments.length = Math.min(1, service.deployments.length);
  if (primary === undefined || primary.rolloutState !== 'IN_PROGRESS') return;
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = now;
  primary.completed = true;
  serviceEvent(place, service, `(deployment ${primary.id}) deployment completed.`);
  const record = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (record === undefined) return;
  finish(record, now, record.rollback === undefined ? 'SUCCESSFUL' : 'ROLLBACK_SUCCESSFUL');
  if (record.deploymentCircuitBreaker?.status === 'MONITORING') {
    record.deploymentCircuitBreaker.status = 'MONITORING_COMPLETE';
  }
}

/** Counts a failed task of a deployment under way, and lets the circuit breaker see it. */
export function taskFailed(place: Place, service: StoredService, deploymentId: string): void {
  const [primary] = service.deployments;
  if (primary === undefined || primary.id !== deploymentId || primary.rolloutState !== 'IN_PROGRESS') return;
  primary.failedTasks += 1;
  primary.updatedAt = new Date(place.cloud.clock.now());
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  const threshold = failureThreshold(breaker, service.desiredCount);
  const record = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (record?.deploymentCircuitBreaker !== undefined && record.rollback === undefined) {
    record.deploymentCircuitBreaker.failureCount = primary.failedTasks;
    record.deploymentCircuitBreaker.threshold = threshold;
  }
  if (breaker?.enable !== true || primary.failedTasks < threshold) return;
  if (record?.deploymentCircuitBreaker !== undefined) record.deploymentCircuitBreaker.status = 'TRIGGERED';
  failDeployment(
    place,
    service,
    isBlueGreen(service)
      ? 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
      : 'ECS deployment circuit breaker: tasks failed to start.',
    breaker.rollback === true,
  );
}

/** A healthy task wipes the failures out, unless the circuit breaker is told otherwise. */
export function taskHealthy(service: StoredService, deploymentId: string): void {
  const [primary] = service.deployments;
  if (primary === undefined || primary.id !== deploymentId || primary.failedTasks === 0) return;
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  primary.failedTasks = 0;
  const record = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (record?.deploymentCircuitBreaker?.status === 'MONITORING') {
    record.deploymentCircuitBreaker.failureCount = 0;
  }
}

/** Ends the rollout of the primary deployment: back to the last completed one, or, without one, nothing more is started. */
export function failDeployment(
  place: Place,
  service: StoredService,
  reason: string,
  rollback: boolean,
): void {
  const now = new Date(place.cloud.clock.now());
  const [primary] = service.deployments;
  const record = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (primary === undefined) return;
  primary.rolloutState = 'FAILED';
  primary.rolloutStateReason = reason;
  primary.updatedAt = now;
  const words = reason.replace('ECS deployment circuit breaker: ', '');
  serviceEvent(place, service, `(deployment ${primary.id}) deployment failed: ${words}`);
  const target = service.deployments.find(({ completed, id }) => completed && id !== primary.id);
  if (record?.rollback !== undefined) {
    finish(record, now, 'ROLLBACK_FAILED', reason);
  } else if (!rollback || target === undefined) {
    if (record !== undefined) finish(record, now, 'STOPPED', reason);
  } else {
    rollBack(place, service, target, record, reason, now);
  }
}

/** The deployment that was whole becomes the primary one again, with the tasks of it that still run. */
function rollBack(
  place: Place,
  service: StoredService,
  target: StoredDeployment,
  record: StoredServiceDeployment | undefined,
  reason: string,
  now: Date,
): void {
  serviceEvent(place, service, `rolling back to deployment ${target.id}.`);
  for (const deployment of service.deployments) deployment.status = 'ACTIVE';
  service.deployments = [target, ...service.deployments.filter(({ id }) => id !== target.id)];
  target.status = 'PRIMARY';
  target.rolloutState = 'IN_PROGRESS';
  target.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`;
  target.failedTasks = 0;
  target.updatedAt = now;
  service.taskDefinition = target.taskDefinition;
  service.networkConfiguration = target.networkConfiguration;
  service.backOff = { failures: 0, until: 0 };
  service.steady = false;
  if (record === undefined) return;
  if (record.lifecycleStage !== undefined) record.lifecycleStage = 'RECONCILE_SERVICE';
  record.status = 'ROLLBACK_IN_PROGRESS';
  record.statusReason = reason;
  record.updatedAt = now;
  record.rollback = { reason, startedAt: now, serviceRevisionArn: target.revisionArn };
}

function finish(
  record: StoredServiceDeployment,
  now: Date,
  status: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED' | 'STOPPED',
  reason?: string,
): void {
  record.status = status;
  if (reason !== undefined) record.statusReason = reason;
  if (status === 'STOPPED') record.stoppedAt = now;
  record.finishedAt = now;
  record.updatedAt = now;
}
