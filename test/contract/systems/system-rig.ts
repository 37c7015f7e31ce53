import { fileURLToPath } from 'node:url';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { connect } from '../../../src/aws/clients.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { LoadedConfig } from '../../../src/config/load.ts';
import { namesOf } from '../../../src/config/names.ts';
import { apply } from '../../../src/engine/apply.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import { buildStack, hostedZoneOf, zonesOf } from '../../../src/stack/build.ts';
import { reachInProcess } from '../../helpers/in-process.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import { SimulatedClock } from '../../helpers/simulated-clock.ts';
import { pictureOf } from '../resources/picture.ts';
import { smallImage } from '../resources/small-image.ts';
import { engineContext } from '../resources/stack-rig.ts';

export type System = Awaited<ReturnType<typeof startSystem>>;

/** The config of a system, as its file says it. */
export function configOf(name: string): Promise<LoadedConfig> {
  const folder = fileURLToPath(new URL('../../fixtures/systems', import.meta.url));
  return loadConfig({ cwd: folder, file: `${name}.jsonc` });
}

/**
 * A system in the region that its file names, on a local cloud in simulated time. Nothing can be pulled from other
 * registries there, so that a small image stands for the one that the file names. `parameters` and a hosted zone
 * `example.com` are somebody else's, and there before.
 */
export async function startSystem(name: string, { parameters = [] }: { parameters?: string[] } = {}) {
  const { config, identity } = await configOf(name);
  const names = namesOf(identity);
  const clock = new SimulatedClock();
  const local = await startLocalCloud({ clock });
  const { region } = identity;
  const { endpoint, credentials } = local;
  const cloud = await connect({ region, endpoint, credentials, clock });
  reachInProcess(cloud, local.cloud, { intercept: (_attempt, perform) => clock.hold(perform) });
  // Images are pushed over real connections, for which simulated time has to wait.
  const { fetch } = globalThis;
  globalThis.fetch = (...request) => clock.hold(() => fetch(...request));

  await cloud.route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: name }));
  for (const Name of parameters) {
    await cloud.ssm.send(new PutParameterCommand({ Name, Type: 'SecureString', Value: 'known to others' }));
  }
  const scope = { stack: identity.stack, hash: identity.hash, version: '1.2.3' };
  const context = { ...engineContext(cloud), scope, clock };
  const image = { build: await smallImage(name) };
  const nodes = async () => {
    const zones = await zonesOf(cloud, scope, config.network);
    const hostedZone = await hostedZoneOf(cloud, config.loadBalancer);
    return buildStack({ config, identity, names, zones, cloud, image, hostedZone });
  };
  const planned = async () => plan(context, await nodes(), kinds);
  return {
    cloud,
    names,
    planned,
    picture: () => pictureOf(cloud),
    /** Throws the run's error. */
    async up(): Promise<void> {
      const { error } = await apply(context, await planned());
      if (error) throw error;
    },
    /** Throws the run's error. */
    async down(): Promise<void> {
      const { error } = await destroy(context, await nodes(), kinds);
      if (error) throw error;
    },
    async close() {
      globalThis.fetch = fetch;
      await local.close();
    },
  };
}
