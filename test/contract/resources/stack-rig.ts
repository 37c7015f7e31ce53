import type { Cloud } from '../../../src/aws/cloud.ts';
import { classify, explain } from '../../../src/aws/errors.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { systemClock } from '../../../src/engine/clock.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
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
