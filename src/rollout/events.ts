/** Which side of a rollout a task is on: the revision that is deployed, or what ran before. */
export type Side = 'new' | 'old';

/** Everything that a deployment tells while it goes on; `ms` is the time since its beginning. */
export type RolloutEvent = { ms: number } & (
  | { type: 'deploy.note'; text: string }
  /** `from` and `to` are images as people call them. */
  | { type: 'rollout.started'; revision: string; deployment: string; from: string; to: string }
  | {
      type: 'rollout.task';
      task: string;
      side: Side;
      /** `PENDING`, `RUNNING`, `STOPPED` …: ECS's lastStatus. */
      status: string;
      zone: string;
      reason?: string | undefined;
    }
  /** Health of a task in the target group; `reason` in the load balancer's words. */
  | { type: 'rollout.target'; task: string; side: Side; state: string; reason?: string | undefined }
  /** A service event, in ECS's words. */
  | { type: 'rollout.service-event'; message: string }
  /** Status of the service deployment, such as `ROLLBACK_IN_PROGRESS`. */
  | { type: 'rollout.status'; status: string; reason?: string | undefined }
  /** How far a blue/green deployment is, in ECS's words, such as `PRODUCTION_TRAFFIC_SHIFT`. */
  | { type: 'rollout.stage'; stage: string }
  | ({ type: 'rollout.progress' } & Progress)
  /** Every new task is healthy in the target group. */
  | { type: 'rollout.serving' }
  /** No old task is left. */
  | { type: 'rollout.drained' }
);

/** How far a rollout is, in tasks. */
export interface Progress {
  desired: number;
  /** Of the new revision. */
  running: number;
  healthy: number;
  stopped: number;
  /** Of the old ones: those that serve, and those that only finish what they have. */
  old: number;
  leaving: number;
}
