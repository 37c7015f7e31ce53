import type { LocalCloud } from '../../../src/local-cloud/cloud.ts';
import type { Call } from '../../../src/local-cloud/operation.ts';
import type { RunningTask } from '../../../src/local-cloud/runtime/data-plane.ts';
import { containerExited } from '../../../src/local-cloud/services/ecs/scheduler/finish-task.ts';
import { runtimeOf, schedule } from '../../../src/local-cloud/services/ecs/scheduler/scheduler.ts';
import { ecsState } from '../../../src/local-cloud/services/ecs/state.ts';
import type { EcsState } from '../../../src/local-cloud/services/ecs/state.ts';
import { startNodes } from '../../../src/local-cloud/services/elasticache/nodes.ts';
import { elastiCacheState } from '../../../src/local-cloud/services/elasticache/state.ts';
import { applyToBalancer } from '../../../src/local-cloud/services/elbv2/balancer.ts';

/** Gives a cloud whose state was restored what is not state: handles of its running tasks, and a load balancer that knows them. */
export async function adoptTasks(cloud: LocalCloud): Promise<void> {
  for (const key of cloud.states.keys()) {
    const [service, region] = key.split('@');
    if (service !== 'ecs' || region === undefined) continue;
    const place = { cloud, region, account: cloud.account };
    const runtime = runtimeOf(place);
    const { tasks, taskDefinitions } = ecsState(place);
    for (const task of tasks.values()) {
      if (task.lastStatus === 'STOPPED') continue;
      const definition = [...taskDefinitions.values()].find(
        ({ taskDefinitionArn }) => taskDefinitionArn === task.taskDefinitionArn,
      )!;
      const handles = definition.containerDefinitions.map((container): RunningTask => {
        let running = true;
        return {
          pid: 1,
          stop() {
            if (running) setImmediate(() => void containerExited(runtime, task, container, { code: 143 }));
            running = false;
          },
          usage: async () => (running ? { cpuSeconds: 0, memoryBytes: 0 } : undefined),
          check: async () => 0,
        };
      });
      runtime.running.set(task.taskArn, handles);
    }
    for (const { serviceArn } of ecsState(place).services.values()) schedule(place, serviceArn);
  }
  for (const key of cloud.states.keys()) {
    const [service, region] = key.split('@');
    if (service !== 'elasticache' || region === undefined) continue;
    const call = callOf(cloud, region);
    for (const group of elastiCacheState(call).replicationGroups.values())
      if (group.deletedAt === undefined) await startNodes(call, group, undefined);
  }
  const call = callOf(cloud, 'local');
  await applyToBalancer(call, () => ({ result: undefined, undo: () => undefined }));
}

/** Whether any task of a cloud is starting or stopping. */
export function inTransit(cloud: LocalCloud): boolean {
  const states = [...cloud.states]
    .filter(([key]) => key.startsWith('ecs@'))
    .map(([, state]) => state as EcsState);
  const all = states.flatMap(({ tasks, services }) => [
    ...[...tasks.values()].map(({ lastStatus, desiredStatus }) => `${lastStatus} ${desiredStatus}`),
    ...[...services.values()].map(({ status }) => status),
  ]);
  return all.some((one) => !['RUNNING RUNNING', 'STOPPED STOPPED', 'ACTIVE', 'INACTIVE'].includes(one));
}

function callOf(cloud: LocalCloud, region: string): Call {
  return { cloud, region, account: cloud.account, requestId: '', now: new Date(cloud.clock.now()) };
}
