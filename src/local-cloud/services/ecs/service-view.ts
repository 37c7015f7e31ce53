import type { Service } from '@aws-sdk/client-ecs';
import type { Place, StoredService, StoredTask } from './state.ts';
import { ecsState, without } from './state.ts';

const pendingStates = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

/** A service as DescribeServices shows it, with the counts of its tasks as they are now. */
export function serviceView(place: Place, service: StoredService, withTags = true): Service {
  const { deployments, serviceDeployments, tags } = service;
  const tasks = [...ecsState(place).tasks.values()].filter((task) => task.serviceArn === service.serviceArn);
  const [current] = serviceDeployments;
  const view: Service = {
    ...without(service, 'steady', 'backOff', 'revisions', 'serviceDeployments', 'productionTargetGroupArn'),
    ...countsOf(tasks),
    deployments: deployments.map((deployment) => {
      const own = tasks.filter(({ deploymentId }) => deploymentId === deployment.id);
      const desired =
        deployment.status === 'PRIMARY'
          ? service.desiredCount
          : own.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
      return {
        ...without(deployment, 'revisionArn', 'completed', 'targetGroupArn'),
        desiredCount: desired,
        ...countsOf(own),
      };
    }),
    currentServiceRevisions: deployments.map(({ id, revisionArn }) => {
      const counts = countsOf(tasks.filter(({ deploymentId }) => deploymentId === id));
      return {
        arn: revisionArn,
        requestedTaskCount: id === deployments[0]?.id ? service.desiredCount : 0,
        runningTaskCount: counts.runningCount,
        pendingTaskCount: counts.pendingCount,
      };
    }),
    taskSets: [],
    tags: withTags ? tags : [],
  };
  if (current !== undefined && current.finishedAt === undefined) {
    view.currentServiceDeployment = current.serviceDeploymentArn;
  }
  return view;
}

function countsOf(tasks: StoredTask[]): { runningCount: number; pendingCount: number } {
  return {
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingCount: tasks.filter(({ lastStatus }) => pendingStates.includes(lastStatus)).length,
  };
}
