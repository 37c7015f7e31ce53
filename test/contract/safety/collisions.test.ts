import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/aws/clients.ts';
import { classify, explain } from '../../../src/aws/errors.ts';
import { identify, namesOf } from '../../../src/config/names.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { apply } from '../../../src/engine/apply.ts';
import { systemClock } from '../../../src/engine/clock.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { kinds } from '../../../src/resources/index.ts';
import { stacksIn } from '../../../src/local-cloud/resources.ts';
import { buildStack, zonesOf } from '../../../src/stack/build.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { smallImage } from '../resources/small-image.ts';
import { canonicalState } from './canonical-state.ts';

/** Names that run together when they are put side by side, one app in two environments, and one in two regions. */
const stacks = [
  ['a-b', 'c', 'local'],
  ['a', 'b-c', 'local'],
  ['a', 'b', 'local'],
  ['a', 'default', 'local'],
  ['a', 'default', 'eu-west-3'],
  ['a', 'b', 'eu-west-3'],
] as const;

const image = await smallImage('server');
let local: TestCloud;
beforeAll(async () => {
  local = await startLocalCloud();
});
afterAll(() => local.close());

async function stackOf([app, environment, region]: (typeof stacks)[number]) {
  const cloud = await connect({ region, endpoint: local.endpoint, credentials: local.credentials });
  const identity = identify(app, environment, region);
  const config = configSchema.parse({ app, region });
  const scope = { stack: identity.stack, hash: identity.hash, version: '1.2.3' };
  const zones = await zonesOf(cloud, scope, config.network);
  const nodes = buildStack({
    config,
    identity,
    names: namesOf(identity),
    zones,
    cloud,
    image: { build: image },
  });
  const context: EngineContext<Cloud> = {
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
  return { context, nodes, stack: identity.stack };
}

it('down of one stack takes away exactly what its up made, whatever stands beside it', async () => {
  const states: unknown[] = [canonicalState(local.cloud)];
  for (const one of stacks) {
    const { context, nodes } = await stackOf(one);
    const { error } = await apply(context, await plan(context, nodes, kinds));
    expect(error).toBeUndefined();
    states.push(canonicalState(local.cloud));
  }
  expect(stacksIn(local.cloud)).toHaveLength(stacks.length);
  // The last one goes first: then what is left has to be what was there before it came.
  for (const one of stacks.toReversed()) {
    const { context, nodes, stack } = await stackOf(one);
    const { error } = await destroy(context, nodes, kinds);
    expect(error).toBeUndefined();
    states.pop();
    expect(canonicalState(local.cloud), `without ${stack}`).toEqual(states.at(-1));
    expect(stacksIn(local.cloud)).not.toContain(stack);
  }
}, 60_000);
