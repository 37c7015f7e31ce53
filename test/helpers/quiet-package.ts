import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A package folder with the daemon's real program in `dist/local-cloud/main.js`, but with a data plane that starts nothing. */
export async function quietPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-package-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await build({
    entryPoints: [join(root, 'src/local-cloud/main.ts')],
    outdir: join(folder, 'dist/local-cloud'),
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [
      {
        name: 'quiet-runtime',
        setup: (bundler) => {
          bundler.onResolve({ filter: /\/runtime\/index\.ts$/ }, () => ({
            path: join(root, 'test/fixtures/quiet-runtime.ts'),
          }));
        },
      },
    ],
  });
  return folder;
}
