import type { ChatopsError } from '../lib/errors.ts';
import type { PlannedAction } from './events.ts';
import type { LogicalId } from './resource.ts';

/** How one step of a run ended. */
export interface StepResult {
  id: LogicalId;
  type: string;
  action: PlannedAction['action'];
  status: 'done' | 'failed' | 'skipped';
  ms: number;
  /** Only with `failed`. */
  error?: ChatopsError;
  /** Only with `skipped`: what it was waiting for. */
  because?: string;
}

/** How a run ended. */
export interface Outcome {
  outcome: 'done' | 'failed' | 'interrupted';
  /** The steps that had something to do, in the order in which they ended. */
  steps: StepResult[];
  /** Attributes of each resource that stands and is ready, for the command's last checks. */
  attrs: Map<LogicalId, unknown>;
  ms: number;
  /** The first failure, for the command to throw. */
  error?: ChatopsError;
}
