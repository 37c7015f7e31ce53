import type { Cloud } from '../aws/cloud.ts';
import type { Plan } from '../engine/plan.ts';

/** The line about cost that ends a plan; empty on this machine, where nothing costs. */
export async function costLine(planned: Plan<Cloud>, region: string): Promise<string> {
  if (region === 'local') return '';
  const { costOfPlan } = await import('./priced.ts');
  const cost = await costOfPlan(planned, region);
  if (cost === undefined) return `cost: not known in ${region}\n`;
  const { costChange } = await import('../cost/text.ts');
  return `${costChange(cost.before, cost.after)}\n`;
}

/** The same for programs: US dollars a month; undefined on this machine and where no prices are known. */
export async function monthlyCost(planned: Plan<Cloud>, region: string) {
  if (region === 'local') return undefined;
  const { costOfPlan } = await import('./priced.ts');
  const cost = await costOfPlan(planned, region);
  if (cost === undefined) return undefined;
  const { before, after } = cost;
  return {
    currency: 'USD',
    before: before.monthly,
    after: after.monthly,
    afterMost: after.monthlyMost,
    unknown: [...new Set([...before.unknown, ...after.unknown])],
  };
}
