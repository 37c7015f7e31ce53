import type { Change, LogicalId } from './resource.ts';

/** What a plan wants to do with one resource. Plain data. */
export interface PlannedAction {
  id: LogicalId;
  type: string;
  action: 'create' | 'update' | 'replace' | 'delete' | 'none';
  /** For `create`: one change per property with `from` undefined; for the others the differences. */
  changes: Change[];
}

/** Everything that a run tells: one stream that text, JSON lines and the progress tree are drawn from. */
export type EngineEvent =
  | { type: 'plan.ready'; actions: PlannedAction[] }
  | { type: 'step.started'; id: LogicalId; resource: string; action: PlannedAction['action'] }
  | { type: 'step.note'; id: LogicalId; text: string }
  | { type: 'step.done'; id: LogicalId; ms: number }
  | { type: 'step.failed'; id: LogicalId; ms: number; error: string; hint?: string }
  | { type: 'step.skipped'; id: LogicalId; because: string }
  | { type: 'run.finished'; outcome: 'done' | 'failed' | 'interrupted'; ms: number };

export type Emit = (event: EngineEvent) => void;
