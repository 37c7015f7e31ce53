import { findTaskDefinition } from '../find.ts';
import type { Place, StoredService, StoredTask } from '../state.ts';
import { ecsState } from '../state.ts';
import { removeDeletedTaskDefinitions } from '../task-definition.ts';
import { checkedContainers } from './container-health.ts';
import type { Decision, TaskView } from './decide.ts';
import { decide } from './decide.ts';
import { unhealthyReason } from './failure.ts';
import { newTask } from './new-task.ts';
import { completeDeployment, taskHealthy } from './rollout.ts';
import type { Runtime } from './runtime.ts';
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
  const decision = decide({
    desired: service.desiredCount,
    minimumHealthyPercent: service.status === 'DRAINING' ? 0 : minimumHealthyPercent,
    maximumPercent,
    mayStart: primary.rolloutState !== 'FAILED' && !backingOff,
    tasks,
    leaving: own.length - alive.length,
  });
  if (decision.start > 0) start(runtime, service, decision.start, changed);
  if (decision.stop.length > 0) stop(runtime, service, decision.stop, changed);
  settle(runtime, service, decision);
  return nextLook(service, alive, now, backingOff);
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

function start(runtime: Runtime, service: StoredService, count: number, changed: () => void): void {
  const { place } = runtime;
  const [primary] = service.deployments;
  const name = primary?.taskDefinition.split('task-definition/')[1] ?? '';
  const definition = ecsState(place).taskDefinitions.get(name);
  if (primary === undefined || definition === undefined) return;
  const network = primary.networkConfiguration?.awsvpcConfiguration;
  const started: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const task = newTask(place, {
      clusterArn: service.clusterArn,
      definition,
      networkConfiguration: primary.networkConfiguration,
      group: `service:${service.serviceName}`,
      startedBy: primary.id,
      service,
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
    for (const { targetGroupArn } of service.loadBalancers) {
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
  return [...graceEnds, ...(backingOff ? [service.backOff.until] : [])].sort((one, other) => one - other)[0];
}
