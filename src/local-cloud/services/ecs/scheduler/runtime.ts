import { randomUUID } from 'node:crypto';
import type { Call } from '../../../operation.ts';
import type { RunningTask } from '../../../runtime/data-plane.ts';
import type { Place, StoredTask } from '../state.ts';

/** What the scheduler of one region holds besides plain state: handles of what runs. */
export interface Runtime {
  place: Place;
  /** The containers of each task that runs, by ARN. */
  running: Map<string, RunningTask[]>;
  /** Called whenever the load balancer or a container's health check says something new. */
  healthListeners: Set<() => void>;
  /** Called once per task, when nothing of it runs any more. */
  onStopped(task: StoredTask): void;
}

/** A call that ECS itself makes to another service. */
export function ownCall({ cloud, account, region }: Place, inRegion: string = region): Call {
  return { cloud, region: inRegion, account, requestId: randomUUID(), now: new Date(cloud.clock.now()) };
}
