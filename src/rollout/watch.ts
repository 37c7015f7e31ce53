import type { Cloud } from '../aws/cloud.ts';
import type { EngineContext } from '../engine/context.ts';
import { Interrupted } from '../engine/interrupt.ts';
import { persist } from '../engine/retry.ts';
import { polling } from '../engine/wait.ts';
import { changesBetween, progressOf } from './changes.ts';
import type { RolloutEvent } from './events.ts';
import { readPicture } from './picture.ts';
import type { Picture, Rollout } from './picture.ts';

/** How the watching ended: with ECS's verdict, with the user's Ctrl-C, or because the time was up. */
export interface Watched {
  ended: 'verdict' | 'interrupted' | 'timeout';
  /** The last one; undefined when not even the first reading came about. */
  picture: Picture | undefined;
  /** Milliseconds until every new task was healthy in the target group, and until no old task was left. */
  servingMs: number | undefined;
  drainedMs: number | undefined;
}

const final = ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'];

/**
 * Follows a rollout until DescribeServiceDeployments has the verdict (the ServicesStable waiter does not see a
 * rollback) and, after a good one, the last old task is gone. Emits what changes. `startedAt` is when the counting of
 * time begins and `deadline` when it ends, both in milliseconds since 1970.
 */
export async function watchRollout(
  context: EngineContext<Cloud>,
  rollout: Rollout,
  options: { startedAt: number; deadline: number; emit: (event: RolloutEvent) => void },
): Promise<Watched> {
  const { clock } = context;
  const watched: Watched = {
    ended: 'verdict',
    picture: undefined,
    servingMs: undefined,
    drainedMs: undefined,
  };
  const pace = polling(context);
  try {
    for (;;) {
      const picture = await persist(context, () => readPicture(context.cloud, rollout));
      const ms = clock.now() - options.startedAt;
      const changes = changesBetween(watched.picture, picture, ms);
      changes.push(...milestones(watched, picture, ms));
      watched.picture = picture;
      for (const event of changes) options.emit(event);
      if (isOver(watched, picture)) return watched;
      if (clock.now() >= options.deadline) return { ...watched, ended: 'timeout' };
      if (changes.length > 0) pace.reset();
      await pace.wait();
    }
  } catch (error) {
    if (error instanceof Interrupted) return { ...watched, ended: 'interrupted' };
    throw error;
  }
}

const shifted = new Set(['POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME', 'CLEAN_UP']);

/** Notes in `watched` what has been reached with this picture. */
function milestones(watched: Watched, picture: Picture, ms: number): RolloutEvent[] {
  const { desired, healthy, old, leaving } = progressOf(picture);
  const events: RolloutEvent[] = [];
  const isRollback = picture.status.startsWith('ROLLBACK');
  // With blue/green deployments a healthy task serves nobody before the traffic has shifted.
  const isReached = picture.stage === undefined || shifted.has(picture.stage);
  if (watched.servingMs === undefined && healthy >= desired && isReached && !isRollback) {
    watched.servingMs = ms;
    events.push({ type: 'rollout.serving', ms });
  }
  if (watched.servingMs !== undefined && watched.drainedMs === undefined && old + leaving === 0) {
    watched.drainedMs = ms;
    events.push({ type: 'rollout.drained', ms });
  }
  return events;
}

function isOver({ drainedMs }: Watched, { status }: Picture): boolean {
  return final.includes(status) && (status !== 'SUCCESSFUL' || drainedMs !== undefined);
}
