import type { EngineContext } from './context.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

export declare function apply<Cloud>(context: EngineContext<Cloud>, plan: Plan<Cloud>): Promise<Outcome>;
