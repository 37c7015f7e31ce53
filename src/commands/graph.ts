import type { AnyNode } from '../engine/resource.ts';
import type { Cloud } from '../aws/cloud.ts';
import type { ImageSource } from '../stack/build.ts';
import type { Session } from './session.ts';

/**
 * The resources that the config asks for. The running image stays as it is: `up` keeps what was deployed last;
 * only the first `up` builds one, or takes `service.image`, and goes on doing so until one has worked.
 */
export async function graphOfStack(session: Session, packageRoot: string): Promise<AnyNode<Cloud>[]> {
  const { cloud, config, identity, names, scope } = session;
  const [{ buildStack, checkExistingNetwork, hostedZoneOf, zonesOf }, { readStack }] = await Promise.all([
    import('../stack/build.ts'),
    import('../stack/facts.ts'),
  ]);
  const [zones, hostedZone, facts] = await Promise.all([
    config.network.vpc === undefined
      ? zonesOf(cloud, scope, config.network)
      : checkExistingNetwork(cloud, config.network).then(() => []),
    hostedZoneOf(cloud, config.loadBalancer),
    readStack(cloud, scope),
  ]).catch((error: unknown) => {
    const { signal, explain } = session.engineContext(() => undefined);
    throw signal.aborted ? error : explain(error);
  });
  const image =
    facts.image !== undefined && facts.works
      ? { reference: facts.image }
      : await firstImage(session, packageRoot);
  return buildStack({ config, identity, names, zones, hostedZone, cloud, image });
}

async function firstImage(session: Session, packageRoot: string): Promise<ImageSource> {
  const { image } = session.config.service;
  if (image !== undefined) return { reference: image };
  const { buildServiceImage } = await import('./build-image.ts');
  session.built ??= buildServiceImage(session, packageRoot);
  return { build: await session.built };
}

/** The same graph for `down`, which needs only its edges: no image is built and nothing is asked of the cloud. */
export async function graphForOrder({ config, identity, names, cloud }: Session): Promise<AnyNode<Cloud>[]> {
  const { buildStack, usualZones } = await import('../stack/build.ts');
  const zones = usualZones(cloud.region, config.network.zones);
  return buildStack({ config, identity, names, zones, cloud, image: { reference: '' } });
}
