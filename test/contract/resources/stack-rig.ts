import { expect } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { classify, explain } from '../../../src/aws/errors.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { apply } from '../../../src/engine/apply.ts';
import { systemClock } from '../../../src/engine/clock.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import { assertPermitted, plan } from '../../../src/engine/plan.ts';
import type { Plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import { buildStack, hostedZoneOf, zonesOf } from '../../../src/stack/build.ts';
import type { ImageSource } from '../../../src/stack/input.ts';
import { identity, names, scope } from './rig.ts';

/** What the engine works with, on a cloud of a test. */
export function engineContext(cloud: Cloud): EngineContext<Cloud> {
  return {
    cloud,
    scope,
    clock: systemClock,
    signal: new AbortController().signal,
    emit: () => undefined,
    classify,
    explain,
    allowReplace: new Set(),
    allowDelete: new Set(),
  };
}

/** The graph of a stack with these settings; defaults for the rest. */
export async function stackOf(cloud: Cloud, image: ImageSource, settings: object = {}) {
  const config = configSchema.parse(settings);
  const zones = await zonesOf(cloud, scope, config.network);
  const hostedZone = await hostedZoneOf(cloud, config.loadBalancer);
  return buildStack({ config, identity, names, zones, cloud, image, hostedZone });
}

type Action = Plan<Cloud>['actions'][number];

/** An action in words: what becomes of which resource, by its id, and the paths that differ. */
export const inWords = {
  id: ({ id }: Action) => id,
  action: ({ id, action }: Action) => `${action} ${id}`,
  paths: ({ id, changes }: Action) => `${id}: ${changes.map(({ path }) => path).join(', ')}`,
  actionAndPaths: (one: Action) => `${one.action} ${inWords.paths(one)}`,
};

/** A test's stack: where it is, its image, and what the engine is told besides. */
export interface TestStack {
  cloud: Cloud;
  image: ImageSource;
  given?: Partial<EngineContext<Cloud>>;
}

/** The plan for these settings, and in `todo` what it would change, sorted. */
export async function planOf(
  { cloud, image, given }: TestStack,
  settings: object,
  say: (action: Action) => string = inWords.action,
) {
  const context = { ...engineContext(cloud), ...given };
  const whole = await plan(context, await stackOf(cloud, image, settings), kinds);
  const todo = whole.actions.filter(({ action }) => action !== 'none').map(say);
  return { context, whole, todo: todo.toSorted() };
}

/** Brings the stack to these settings, after which nothing differs; resolves with what was to do. */
export async function bringTo(stack: TestStack, settings: object): Promise<string[]> {
  const { context, whole, todo } = await planOf(stack, settings);
  assertPermitted(whole);
  const { outcome, error } = await apply(context, whole);
  expect(error).toBeUndefined();
  expect(outcome).toBe('done');
  expect((await planOf(stack, settings)).todo).toEqual([]);
  return todo;
}
