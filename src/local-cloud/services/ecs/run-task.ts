import type { RunTaskRequest, RunTaskResponse } from '@aws-sdk/client-ecs';
import type { Call } from '../../operation.ts';
import { activeTaskDefinitionOf, clusterOf } from './find.ts';
import { newTask } from './scheduler/new-task.ts';
import { runtimeOf } from './scheduler/scheduler.ts';
import { startTask } from './scheduler/start-task.ts';
import { checkNetwork, invalid } from './service-checks.ts';
import { checkTags } from './tags.ts';
import { taskView } from './task.ts';

const startedAtOnce = 10;

/** Starts tasks that no service watches over. */
export function RunTask(input: RunTaskRequest, call: Call): RunTaskResponse {
  const cluster = clusterOf(call, input.cluster);
  const definition = activeTaskDefinitionOf(call, input.taskDefinition);
  const { count = 1 } = input;
  if (count < 1 || count > startedAtOnce) invalid('count must be between 1 and 10.');
  const networkConfiguration = checkNetwork(call, input.networkConfiguration);
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!definition.containerDefinitions.some((container) => container.name === name)) {
      invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  const tags = checkTags(input.tags);
  const tasks = Array.from({ length: count }, () =>
    newTask(call, {
      clusterArn: cluster.clusterArn,
      definition,
      networkConfiguration,
      group: input.group ?? `family:${definition.family}`,
      startedBy: input.startedBy,
      overrides: input.overrides,
      enableExecuteCommand: input.enableExecuteCommand,
      tags,
    }),
  );
  const network = networkConfiguration.awsvpcConfiguration;
  for (const task of tasks) {
    void startTask(
      runtimeOf(call),
      task,
      definition,
      network?.securityGroups ?? [],
      network?.assignPublicIp === 'ENABLED',
    );
  }
  return { tasks: tasks.map((task) => taskView(task, true)), failures: [] };
}
