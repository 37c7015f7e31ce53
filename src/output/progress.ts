import type { EngineEvent, PlannedAction } from '../engine/events.ts';

export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** One resource in a run that goes on. */
export interface ProgressStep {
  id: string;
  group: string;
  action: PlannedAction['action'];
  state: StepState;
  note: string;
  /** Start in milliseconds since 1970, and duration once it is over. */
  startedAt?: number;
  ms?: number;
}

const groups: [name: string, types: RegExp][] = [
  ['network', /^AWS::EC2::/],
  ['cache', /^AWS::(ElastiCache|SSM)::/],
  ['load balancer', /^AWS::ElasticLoadBalancingV2::/],
  ['image', /::ECR::|::Image$/],
  ['access and logs', /^AWS::(IAM|Logs)::/],
  ['service', /./],
];

/** The steps of a run after one more event, seen at `now`. Pure. */
export function advance(
  steps: readonly ProgressStep[],
  event: EngineEvent,
  now: number,
): readonly ProgressStep[] {
  switch (event.type) {
    case 'plan.ready':
      return event.actions
        .filter(({ action }) => action !== 'none')
        .map(({ id, type, action }) => ({ id, group: groupOf(type), action, state: 'waiting', note: '' }));
    case 'step.started':
      return put(steps, event.id, { state: 'running', action: event.action, startedAt: now }, event.resource);
    case 'step.note':
      return put(steps, event.id, { note: event.text });
    case 'step.done':
      return put(steps, event.id, { state: 'done', ms: event.ms, note: '' });
    case 'step.failed':
      return put(steps, event.id, { state: 'failed', ms: event.ms, note: event.error });
    case 'step.skipped':
      return put(steps, event.id, { state: 'skipped', note: event.because });
    default:
      return steps;
  }
}

/** Steps by group, in the order in which a stack is read. */
export function grouped(steps: readonly ProgressStep[]): [group: string, steps: ProgressStep[]][] {
  return groups
    .map(([name]): [string, ProgressStep[]] => [name, steps.filter(({ group }) => group === name)])
    .filter(([, members]) => members.length > 0);
}

function put(
  steps: readonly ProgressStep[],
  id: string,
  change: Partial<ProgressStep>,
  type = '',
): ProgressStep[] {
  const known = steps.some((step) => step.id === id);
  const all = known
    ? steps
    : [
        ...steps,
        { id, group: groupOf(type), action: 'none', state: 'waiting', note: '' } satisfies ProgressStep,
      ];
  return all.map((step) => (step.id === id ? { ...step, ...change } : step));
}

function groupOf(type: string): string {
  return groups.find(([, types]) => types.test(type))![0];
}
