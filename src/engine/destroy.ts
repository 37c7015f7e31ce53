import type { EngineContext } from './context.ts';
import type { PlannedAction } from './events.ts';
import type { Outcome } from './outcome.ts';
import type { AnyKind, AnyNode } from './resource.ts';

export declare function planDestroy<Cloud>(
  context: EngineContext<Cloud>,
  kinds: readonly AnyKind<Cloud>[],
): Promise<PlannedAction[]>;
export declare function destroy<Cloud>(
  context: EngineContext<Cloud>,
  nodes: readonly AnyNode<Cloud>[],
  kinds: readonly AnyKind<Cloud>[],
): Promise<Outcome>;
