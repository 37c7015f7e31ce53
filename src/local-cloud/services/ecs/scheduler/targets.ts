import type {
  DescribeTargetGroupAttributesOutput,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetHealth } from '../../../runtime/data-plane.ts';
import type { Call } from '../../../operation.ts';
import { operations as elbv2 } from '../../elbv2/index.ts';
import { ask } from './ask.ts';
import type { Place, StoredTask } from '../state.ts';

/** Registers a task with each of its target groups (elasticloadbalancing:RegisterTargets). */
export async function registerTargets(call: Call, task: StoredTask): Promise<void> {
  for (const { targetGroupArn, port } of task.targets) {
    await ask(
      elbv2,
      'RegisterTargets',
      { TargetGroupArn: targetGroupArn, Targets: [target(task, port)] },
      call,
    );
  }
}

/** Takes a task out of each of its target groups; a group that is gone is none to leave. */
export async function deregisterTargets(call: Call, task: StoredTask): Promise<void> {
  for (const { targetGroupArn, port } of task.targets) {
    try {
      await ask(
        elbv2,
        'DeregisterTargets',
        { TargetGroupArn: targetGroupArn, Targets: [target(task, port)] },
        call,
      );
    } catch {
      // TargetGroupNotFound or InvalidTarget: it is out of it all the same.
    }
  }
}

/** The worst of what the load balancer says of a task; undefined for a task behind none. */
export function targetHealth({ cloud }: Place, task: StoredTask): TargetHealth | undefined {
  const all = task.targets.map(
    ({ targetGroupArn, port }): TargetHealth =>
      cloud.dataPlane.balancer.health(targetGroupArn, `${task.privateIp}:${port}`) ?? { state: 'initial' },
  );
  return (
    all.find(({ state }) => state === 'unhealthy') ?? all.find(({ state }) => state !== 'healthy') ?? all[0]
  );
}

/** Whether the load balancer holds nothing of the task any more: drained, or cut after the deregistration delay. */
export function isDrained({ cloud }: Place, task: StoredTask): boolean {
  return task.targets.every(({ targetGroupArn, port }) => {
    const health = cloud.dataPlane.balancer.health(targetGroupArn, `${task.privateIp}:${port}`);
    return health === undefined || health.state === 'unused';
  });
}

const defaultDelay = 300_000;

/** The longest deregistration delay of the task's target groups, in milliseconds. */
export async function deregistrationDelay(call: Call, task: StoredTask): Promise<number> {
  const delays = await Promise.all(
    task.targets.map(async ({ targetGroupArn }) => {
      try {
        const output = await ask<DescribeTargetGroupAttributesOutput>(
          elbv2,
          'DescribeTargetGroupAttributes',
          { TargetGroupArn: targetGroupArn },
          call,
        );
        const attribute = output.Attributes?.find(
          ({ Key }) => Key === 'deregistration_delay.timeout_seconds',
        );
        return attribute?.Value === undefined ? defaultDelay : Number(attribute.Value) * 1000;
      } catch {
        return 0;
      }
    }),
  );
  return Math.max(0, ...delays);
}

function target({ privateIp }: StoredTask, port: number): TargetDescription {
  return { Id: privateIp, Port: port };
}
