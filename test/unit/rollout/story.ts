import type { Picture, RolloutTask } from '../../../src/rollout/picture.ts';

/** A task that is new, runs and is healthy, but for what is changed. */
export function task(id: string, change: Partial<RolloutTask> = {}): RolloutTask {
  return {
    id,
    side: 'new',
    status: 'RUNNING',
    leaving: false,
    zone: 'locala',
    stopCode: undefined,
    stoppedReason: undefined,
    exitCode: undefined,
    containerReason: undefined,
    stoppedAt: undefined,
    target: { state: 'healthy', reason: undefined },
    ...change,
  };
}

/** A rollout under way that wants two tasks. */
export function picture(tasks: RolloutTask[], change: Partial<Picture> = {}): Picture {
  return {
    desired: 2,
    status: 'IN_PROGRESS',
    reason: undefined,
    stage: undefined,
    taskDefinition: 'chat:2',
    tasks,
    events: [],
    ...change,
  };
}

/** What the end of a task looks like. */
export const crashed = {
  status: 'STOPPED',
  leaving: true,
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode: 3,
  target: undefined,
} as const;
