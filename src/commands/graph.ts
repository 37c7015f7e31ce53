import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AnyNode } from '../engine/resource.ts';
import type { Cloud } from '../aws/cloud.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { ImageSource } from '../stack/build.ts';
import type { Session } from './session.ts';

/**
 * The resources that the config asks for. The running image stays as it is: `up` keeps what was deployed last;
 * only the first `up` builds one, or takes `service.image`.
 */
export async function graphOfStack(session: Session, packageRoot: string): Promise<AnyNode<Cloud>[]> {
  const { cloud, config, identity, names, scope } = session;
  const [{ buildStack, zonesOf }, { readStack }] = await Promise.all([
    import('../stack/build.ts'),
    import('../stack/facts.ts'),
  ]);
  const [zones, facts] = await Promise.all([zonesOf(cloud, config.network.zones), readStack(cloud, scope)]);
  const image =
    facts.image === undefined ? await firstImage(session, packageRoot) : { reference: facts.image };
  return buildStack({ config, identity, names, zones, cloud, image });
}

interface Source {
  folder: string;
  /** File that starts it, relative to the folder. */
  entry: string;
  version: string;
}

async function firstImage(
  { config, folder, identity, scope: { version } }: Session,
  packageRoot: string,
): Promise<ImageSource> {
  const { service } = config;
  if (service.image !== undefined) return { reference: service.image };
  const [{ buildImage }, { hasBaseLayer }] = await Promise.all([
    import('../image/build.ts'),
    import('../image/image.ts'),
  ]);
  const source =
    service.build === undefined
      ? { folder: path.join(packageRoot, 'dist/chat-server'), entry: 'server.js', version }
      : await sourceIn(path.resolve(folder, service.build));
  const image = await buildImage({
    folder: source.folder,
    entrypoint: ['node', source.entry],
    workdir: '/app',
    env: { NODE_ENV: 'production', VERSION: source.version },
    architecture: service.architecture,
    user: service.user,
    exposedPort: service.port,
  });
  if (identity.region !== 'local' && !hasBaseLayer(image)) {
    throw new ChatopsError(
      `the image built here has no base layer: it runs only where the region is "local"`,
      {
        code: 'image.no-base',
        exit: ExitCode.config,
        hint: 'build the image with Docker, push it to a registry, and name it in "service.image"',
      },
    );
  }
  return { build: image };
}

/** The folder of a Node.js service and the file that starts it: `main` of its package.json, else server.js or index.js. */
async function sourceIn(folder: string): Promise<Source> {
  const { main, version = 'unknown' } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '{}'),
  ) as { main?: string; version?: string };
  for (const entry of [main, 'server.js', 'index.js']) {
    if (entry === undefined) continue;
    const isFile = await stat(path.join(folder, entry)).then(
      (each) => each.isFile(),
      () => false,
    );
    if (isFile) return { folder, entry, version };
  }
  const isThere = await stat(folder).then(
    (each) => each.isDirectory(),
    () => false,
  );
  throw new ChatopsError(
    isThere
      ? `service.build: ${folder} has nothing to start`
      : `service.build: folder ${folder} does not exist`,
    {
      code: isThere ? 'image.no-entry' : 'image.no-folder',
      exit: ExitCode.config,
      hint: isThere
        ? 'name the file in "main" of its package.json, or call it server.js'
        : 'name the folder of your service, relative to the config file',
    },
  );
}

/** The same graph for `down`, which needs only its edges: no image is built and nothing is asked of the cloud. */
export async function graphForOrder({ config, identity, names, cloud }: Session): Promise<AnyNode<Cloud>[]> {
  const { buildStack } = await import('../stack/build.ts');
  const zones = ['a', 'b', 'c'].slice(0, config.network.zones).map((letter) => `${cloud.region}${letter}`);
  return buildStack({ config, identity, names, zones, cloud, image: { reference: '' } });
}
