import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { buildImage } from '../image/build.ts';
import { hasBaseLayer } from '../image/image.ts';
import type { BuiltImage } from '../image/image.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { Session } from './session.ts';

/** What is built: a folder, the file in it that starts the service, and what the service calls itself. */
interface Source {
  folder: string;
  /** Relative to the folder. */
  entry: string;
  version: string;
}

/**
 * Builds the service's image out of `service.build`, or of the chat server that comes with chatops. `version` is what
 * it calls itself (VERSION in its environment); default: its package's own. Throws a ChatopsError (exit 3) where the
 * folder cannot be built, or the image could not run in the stack's region.
 */
export async function buildServiceImage(
  { config: { service }, folder, identity, scope }: Pick<Session, 'config' | 'folder' | 'identity' | 'scope'>,
  packageRoot: string,
  version?: string,
): Promise<BuiltImage> {
  const source =
    service.build === undefined
      ? { folder: path.join(packageRoot, 'dist/chat-server'), entry: 'server.js', version: scope.version }
      : await sourceIn(path.resolve(folder, service.build));
  const image = await buildImage({
    folder: source.folder,
    entrypoint: ['node', source.entry],
    workdir: '/app',
    env: { NODE_ENV: 'production', VERSION: version ?? source.version },
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
  return image;
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
