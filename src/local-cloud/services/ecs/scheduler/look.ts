import { findTaskDefinition } from '../find.ts';
import type { Place, StoredDeployment, StoredService, StoredTask } from '../state.ts';
import { ecsState } from '../state.ts';
import { removeDeletedTaskDefinitions } from '../task-definition.ts';
import { checkedContainers } from './container-health.ts';
import type { Decision, ServiceView, TaskView } from './decide.ts';
import { decide } from './decide.ts';
import { decideBlueGreen, hasTraffic } from './blue-green.ts';
import { isBlueGreen } from './alternate.ts';
import { shiftTraffic } from './production-traffic.ts';
import { unhealthyReason } from './failure.ts';
import { newTask } from './new-task.ts';
import { completeDeployment, failDeployment, taskHealthy } from './rollout.ts';
import type { Runtime } from './runtime.ts';
import { ownCall } from './runtime.ts';
import { serviceEvent } from './service-event.ts';
import { startTask } from './start-task.ts';
import { stopTask } from './stop-task.ts';
import { targetHealth } from './targets.ts';

/**
 * One look at a service: reads what is, decides, acts. `changed` is called when something that it set going has come
 * about. Returns when to look again even if nothing happens (a back-off or a grace period ends), in milliseconds since 1970.
 */
export function look(runtime: Runtime, service: StoredService, changed: () => void): number | undefined {
  const { place } = runtime;
  const now = place.cloud.clock.now();
  const own = [...ecsState(place).tasks.values()].filter(
    (task) => task.serviceArn === service.serviceArn && task.lastStatus !== 'STOPPED',
  );
  const alive = own.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const [primary] = service.deployments;
  if (primary === undefined) return undefined;
  if (service.status === 'DRAINING' && own.length === 0) {
    service.status = 'INACTIVE';
    service.deployments = [];
    removeDeletedTaskDefinitions(place);
    return undefined;
  }
  const tasks = alive.map((task) => view(runtime, service, task, primary.id));
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  const backingOff = now < service.backOff.until;
  const wanted: ServiceView = {
    desired: service.desiredCount,
    minimumHealthyPercent: service.status === 'DRAINING' ? 0 : minimumHealthyPercent,
    maximumPercent,
    mayStart: primary.rolloutState !== 'FAILED' && !backingOff,
    tasks,
    leaving: own.length - alive.length,
  };
  const decision = isBlueGreen(service) ? blueGreen(runtime, service, wanted, changed) : decide(wanted);
  if (decision.start > 0) start(runtime, service, primary, decision.start, changed);
  if (decision.stop.length > 0) stop(runtime, service, decision.stop, changed);
  settle(runtime, service, decision);
  return nextLook(service, alive, now, backingOff);
}

/** What is next where deployments are blue/green: a shift of the traffic is set going here, and the other tasks are started. */
function blueGreen(
  runtime: Runtime,
  service: StoredService,
  wanted: ServiceView,
  changed: () => void,
): Decision {
  const { place } = runtime;
  const { clock } = place.cloud;
  const [primary, before] = service.deployments;
  const record = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined);
  if (primary?.rolloutState !== 'IN_PROGRESS' || record === undefined || service.status !== 'ACTIVE') {
    return decide(wanted);
  }
  const group = primary.targetGroupArn ?? service.loadBalancers[0]?.targetGroupArn ?? '';
  const isRollback = record.rollback !== undefined;
  const decision = decideBlueGreen(wanted, {
    group,
    isRollback,
    shifted: hasTraffic(service, group, isRollback),
    baked: isRollback || before === undefined || clock.now() >= (record.bakedAt ?? 0),
  });
  if (decision.startBlue > 0 && before !== undefined) {
    start(runtime, service, before, decision.startBlue, changed);
  }
  const isNew = record.lifecycleStage !== decision.stage;
  record.lifecycleStage = decision.stage;
  if (!isNew || decision.stage !== 'PRODUCTION_TRAFFIC_SHIFT') return decision;
  void shiftTraffic(ownCall(place), service, group).then(
    () => {
      const minutes = service.deploymentConfiguration.bakeTimeInMinutes ?? 0;
      service.productionTargetGroupArn = group;
      record.bakedAt = clock.now() + (minutes * 60_000) / clock.pace;
      changed();
    },
    (error: Error) => {
      failDeployment(place, service, error.message, true);
      changed();
    },
  );
  return decision;
}

function view(runtime: Runtime, service: StoredService, task: StoredTask, primaryId: string): TaskView {
  const health = healthOf(runtime, service, task);
  if (health === 'healthy' && !task.wasHealthy) {
    task.wasHealthy = true;
    taskHealthy(service, task.deploymentId ?? '');
  }
  return {
    arn: task.taskArn,
    primary: task.deploymentId === primaryId,
    health,
    running: task.lastStatus === 'RUNNING',
    zone: task.availabilityZone ?? '',
    group: task.targets[0]?.targetGroupArn,
    createdAt: task.createdAt.getTime(),
  };
}

/** What its container and the load balancer say: the container's own health counts where it is checked. */
function healthOf({ place }: Runtime, service: StoredService, task: StoredTask): TaskView['health'] {
  if (task.lastStatus !== 'RUNNING') return 'waiting';
  const target = targetHealth(place, task);
  const isWell = target === undefined || target.state === 'healthy';
  if (isWell && (task.healthStatus === 'HEALTHY' || !isChecked(place, task))) return 'healthy';
  const isUnwell = target?.state === 'unhealthy' || task.healthStatus === 'UNHEALTHY';
  if (!isUnwell || place.cloud.clock.now() < graceEnd(service, task)) return 'waiting';
  if (!task.reported) {
    task.reported = true;
    const [behind] = task.targets;
    const what =
      task.healthStatus === 'UNHEALTHY'
        ? 'failed container health checks.'
        : `(port ${behind?.port}) is unhealthy in (target-group ${behind?.targetGroupArn}) due to (reason ${target?.description ?? target?.reason ?? 'Health checks failed'}).`;
    serviceEvent(place, service, `(task ${task.taskId}) ${what}`);
  }
  return 'unhealthy';
}

function isChecked(place: Place, { taskDefinitionArn }: StoredTask): boolean {
  const definition = findTaskDefinition(place, taskDefinitionArn);
  return definition !== undefined && checkedContainers(definition).length > 0;
}

/** Failed checks before this moment do not count. */
function graceEnd({ healthCheckGracePeriodSeconds = 0 }: StoredService, { startedAt }: StoredTask): number {
  return (startedAt?.getTime() ?? 0) + healthCheckGracePeriodSeconds * 1000;
}

function start(
  runtime: Runtime,
  service: StoredService,
  deployment: StoredDeployment,
  count: number,
  changed: () => void,
): void {
  const { place } = runtime;
  const name = deployment.taskDefinition.split('task-definition/')[1] ?? '';
  const definition = ecsState(place).taskDefinitions.get(name);
  if (definition === undefined) return;
  const network = deployment.networkConfiguration?.awsvpcConfiguration;
  const started: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const task = newTask(place, {
      clusterArn: service.clusterArn,
      definition,
      networkConfiguration: deployment.networkConfiguration,
      group: `service:${service.serviceName}`,
      startedBy: deployment.id,
      service,
      targetGroupArn: deployment.targetGroupArn,
      enableExecuteCommand: service.enableExecuteCommand,
      tags: propagated(service, definition.tags),
    });
    started.push(`(task ${task.taskId})`);
    void startTask(
      runtime,
      task,
      definition,
      network?.securityGroups ?? [],
      network?.assignPublicIp === 'ENABLED',
    ).then(() => {
      if (task.lastStatus !== 'RUNNING') return;
      for (const { targetGroupArn } of task.targets) {
        serviceEvent(place, service, `registered 1 targets in (target-group ${targetGroupArn})`);
      }
      changed();
    });
  }
  serviceEvent(place, service, `has started ${count} tasks: ${started.join(' ')}.`);
}

function propagated({ propagateTags, tags }: StoredService, ofDefinition: StoredService['tags']) {
  if (propagateTags === 'SERVICE') return [...tags];
  return propagateTags === 'TASK_DEFINITION' ? [...ofDefinition] : [];
}

function stop(runtime: Runtime, service: StoredService, stops: Decision['stop'], changed: () => void): void {
  const { place } = runtime;
  const { tasks } = ecsState(place);
  const [primary] = service.deployments;
  const chosen = stops.flatMap(({ arn, why }) => {
    const task = tasks.get(arn);
    return task === undefined ? [] : [{ task, why }];
  });
  const served = chosen.filter(({ task }) => task.lastStatus === 'RUNNING' && task.targets.length > 0);
  if (served.length > 0) {
    serviceEvent(place, service, `has begun draining connections on ${served.length} tasks.`);
    const groups = served.flatMap(({ task }) => task.targets.map((target) => target.targetGroupArn));
    for (const targetGroupArn of new Set(groups)) {
      serviceEvent(
        place,
        service,
        `deregistered ${served.length} targets in (target-group ${targetGroupArn})`,
      );
    }
  }
  for (const { task, why } of chosen) {
    const reason =
      why === 'unhealthy'
        ? unhealthyReason(task)
        : `Scaling activity initiated by (deployment ${primary?.id})`;
    void stopTask(runtime, task, { code: 'ServiceSchedulerInitiated', reason, drain: true }).then(() => {
      serviceEvent(place, service, `has stopped 1 running tasks: (task ${task.taskId}).`);
      changed();
    });
  }
}

function settle({ place }: Runtime, service: StoredService, { steady, stuck }: Decision): void {
  if (stuck) {
    const words =
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';
    if (!service.events[0]?.message?.endsWith(words)) serviceEvent(place, service, words);
  }
  if (steady) completeDeployment(place, service);
  if (steady && !service.steady && service.status === 'ACTIVE') {
    serviceEvent(place, service, 'has reached a steady state.');
  }
  service.steady = steady;
}

function nextLook(
  service: StoredService,
  alive: StoredTask[],
  now: number,
  backingOff: boolean,
): number | undefined {
  const graceEnds = alive.map((task) => graceEnd(service, task)).filter((end) => end > now);
  const bakedAt = service.serviceDeployments.find(({ finishedAt }) => finishedAt === undefined)?.bakedAt ?? 0;
  return [
    ...graceEnds,
    ...(bakedAt > now ? [bakedAt] : []),
    ...(backingOff ? [service.backOff.until] : []),
  ].sort((one, other) => one - other)[0];
}
