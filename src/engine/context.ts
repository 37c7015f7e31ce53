import type { ChatopsError } from '../lib/errors.ts';
import type { Clock } from './clock.ts';
import type { Emit } from './events.ts';
import type { LogicalId, Scope } from './resource.ts';

/**
 * What an error of the cloud means for the engine:
 * `throttled` refused for now, not performed · `transient` 5xx, reset or lost answer: may have been performed ·
 * `not-found` · `exists` a namesake stands already · `conflict` its present state forbids the call · `in-use`
 * something still depends on it · `denied` no permission · `fatal` everything else.
 */
export type ErrorClass =
  'throttled' | 'transient' | 'not-found' | 'exists' | 'conflict' | 'in-use' | 'denied' | 'fatal';

/** What plan, apply and destroy work with. The engine knows no more about the cloud than this and the kinds. */
export interface EngineContext<Cloud> {
  cloud: Cloud;
  scope: Scope;
  clock: Clock;
  /** Aborted by Ctrl-C: calls in flight finish, no new step starts. */
  signal: AbortSignal;
  emit: Emit;
  classify: (error: unknown) => ErrorClass;
  /** An error of the cloud as one line for people, with exit code and hint. */
  explain: (error: unknown) => ChatopsError;
  /** Called before each write; throws when this run is no longer the one writer. See lock.ts. */
  guard?: () => Promise<void>;
  /** Ids of stateful resources that may be replaced (`--allow-replace`). */
  allowReplace: ReadonlySet<LogicalId>;
  /** Ids of stateful resources that may be pruned (`--allow-delete`). */
  allowDelete: ReadonlySet<LogicalId>;
  /** Tags of the config, set on every resource besides the owner tags. */
  extraTags?: Record<string, string>;
  /** How many steps run at once; 10 by default. */
  concurrency?: number;
  /** From 0 to below 1, for jitter; `Math.random` by default. */
  random?: () => number;
}
