import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
  Task,
} from '@aws-sdk/client-ecs';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { page } from '../page.ts';
import { clusterOf, findService, findTask, nameOf } from './find.ts';
import { RunTask } from './run-task.ts';
import { runtimeOf, schedule } from './scheduler/scheduler.ts';
import { stopTask } from './scheduler/stop-task.ts';
import { invalid } from './service-checks.ts';
import type { StoredTask } from './state.ts';
import { arn, ecsState, without } from './state.ts';

export const taskOperations: Operations = { DescribeTasks, ListTasks, RunTask, StopTask };

/** Without a status: those that are meant to run. */
function ListTasks(input: ListTasksRequest, call: Call): ListTasksResponse {
  const cluster = clusterOf(call, input.cluster);
  const { desiredStatus = 'RUNNING', family, serviceName, startedBy, launchType } = input;
  if (serviceName !== undefined && findService(call, cluster, serviceName) === undefined) {
    throw new AwsError('ServiceNotFoundException', 'Service not found.');
  }
  const group = serviceName === undefined ? undefined : `service:${nameOf(serviceName)}`;
  const listed = [...ecsState(call).tasks.values()].filter(
    (task) =>
      task.clusterArn === cluster.clusterArn &&
      task.desiredStatus === desiredStatus &&
      (group === undefined || task.group === group) &&
      (family === undefined || task.taskDefinitionArn.includes(`:task-definition/${family}:`)) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (launchType === undefined || task.launchType === launchType),
  );
  const { items, next } = page(listed, {
    key: ({ taskArn }) => taskArn,
    size: input.maxResults ?? 100,
    token: input.nextToken,
    invalid: () => new AwsError('InvalidParameterException', 'Invalid token.'),
  });
  return { taskArns: items.map(({ taskArn }) => taskArn), nextToken: next };
}

const describedAtOnce = 100;

function DescribeTasks(input: DescribeTasksRequest, call: Call): DescribeTasksResponse {
  const cluster = clusterOf(call, input.cluster);
  const wanted = input.tasks ?? [];
  if (wanted.length === 0) invalid('Tasks cannot be empty.');
  if (wanted.length > describedAtOnce) invalid('Tasks cannot be longer than 100.');
  const output: Required<DescribeTasksResponse> = { tasks: [], failures: [] };
  for (const name of wanted) {
    const task = findTask(call, cluster, name);
    if (task === undefined) {
      const missing = arn(call, `task/${cluster.clusterName}/${nameOf(name)}`);
      output.failures.push({ arn: missing, reason: 'MISSING' });
    } else {
      output.tasks.push(taskView(task, input.include?.includes('TAGS') === true));
    }
  }
  return output;
}

/** SIGTERM at once; the load balancer is told at the same time. A service starts another task in its place. */
function StopTask(input: StopTaskRequest, call: Call): StopTaskResponse {
  const cluster = clusterOf(call, input.cluster);
  const task = findTask(call, cluster, input.task ?? '');
  if (task === undefined) invalid('The referenced task was not found.');
  const reason = input.reason ?? 'Task stopped by user';
  void stopTask(runtimeOf(call), task, { code: 'UserInitiated', reason, drain: false });
  if (task.serviceArn !== undefined) schedule(call, task.serviceArn);
  return { task: taskView(task, true) };
}

/** A task as DescribeTasks shows it. */
export function taskView(task: StoredTask, withTags: boolean): Task {
  const shown: Task = without(
    task,
    'taskId',
    'serviceArn',
    'deploymentId',
    'subnetId',
    'networkInterfaceId',
    'privateIp',
    'local',
    'targets',
    'reported',
    'wasHealthy',
  );
  return { ...shown, tags: withTags ? task.tags : [] };
}
