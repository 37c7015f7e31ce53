import type { DataPlane, TargetHealth, TaskSpec } from '../../src/local-cloud/runtime/data-plane.ts';
import { quietDataPlane } from './quiet-data-plane.ts';

/** What becomes of a task, by its environment variable FATE: `crash` exits with 1 at once, `sick` fails its health checks, `slow` has no verdict yet. */
export type Fate = 'well' | 'crash' | 'sick' | 'slow';

/** A data plane that starts nothing and in which each task meets the fate that its environment names; draining targets stay until `drained` is called, when `holdDrain` is set. */
export function stagedDataPlane(options: { holdDrain?: boolean } = {}) {
  const quiet = quietDataPlane();
  const fates = new Map<string, Fate>();
  const specs = new Map<string, TaskSpec>();
  const stopped: string[] = [];
  const hostOf = new Map<string, string>();
  const draining = new Set<string>();
  const listeners = new Set<() => void>();
  const tell = () => setImmediate(() => listeners.forEach((listener) => listener()));
  const health: Record<Exclude<Fate, 'crash'>, TargetHealth> = {
    well: { state: 'healthy' },
    sick: {
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [500]',
    },
    slow: { state: 'initial', reason: 'Elb.InitialHealthChecking' },
  };
  const plane: DataPlane = {
    ...quiet,
    tasks: {
      async start(spec) {
        const fate = (spec.environment.FATE ?? 'well') as Fate;
        fates.set(`${spec.bind.host}:${spec.bind.port}`, fate);
        specs.set(spec.taskId, spec);
        const task = await quiet.tasks.start(spec);
        if (fate === 'crash') setImmediate(() => spec.onExit({ code: 1 }));
        return {
          ...task,
          stop() {
            stopped.push(spec.taskId);
            if (fate !== 'crash') task.stop();
          },
        };
      },
    },
    balancer: {
      async configure(_listeners, targetGroups) {
        hostOf.clear();
        const still = new Set<string>();
        for (const { arn, targets } of targetGroups) {
          for (const target of targets) {
            const key = `${arn} ${target.id}`;
            hostOf.set(key, `${target.host}:${target.port}`);
            if (target.draining && options.holdDrain === true) still.add(key);
            if (target.draining && options.holdDrain !== true) hostOf.delete(key);
          }
        }
        draining.clear();
        for (const key of still) draining.add(key);
        tell();
      },
      health(arn, id) {
        const key = `${arn} ${id}`;
        if (draining.has(key)) return { state: 'draining' };
        const fate = fates.get(hostOf.get(key) ?? '');
        return fate === undefined || fate === 'crash' ? undefined : health[fate];
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
  return {
    plane,
    /** Ids of the tasks that were told to end, in order. */
    stopped,
    /** What each task was started with, by task id. */
    specs,
    /** Changes what the load balancer finds of every task with the fate `from`. */
    turn(from: Fate, to: Fate) {
      for (const [host, fate] of fates) if (fate === from) fates.set(host, to);
      tell();
    },
    /** The last connection of every draining target is gone. */
    drained() {
      for (const key of draining) hostOf.delete(key);
      draining.clear();
      tell();
    },
    draining: () => draining.size,
  };
}
