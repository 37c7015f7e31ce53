import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../../src/image/build.ts';
import type { BuiltImage } from '../../../src/image/image.ts';

/** An image of one small file; other content, another digest. */
export async function smallImage(content: string): Promise<BuiltImage> {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-small-'));
  await writeFile(join(folder, 'server.js'), `// ${content}\n`);
  const image = await buildImage({
    folder,
    entrypoint: ['node', 'server.js'],
    workdir: '/app',
    env: {},
    architecture: 'arm64',
    exposedPort: 3000,
  });
  await rm(folder, { recursive: true });
  return image;
}
