import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const runtime = fileURLToPath(new URL('../../src/local-cloud/runtime/', import.meta.url));

/** The local cloud's side programs as JavaScript, bundled from their sources into a fresh folder; `only` picks some. */
export async function bundlePrograms(
  only: readonly ('reaper' | 'preload' | 'balancer')[] = ['reaper', 'preload', 'balancer'],
): Promise<{ reaper: string; preload: string; balancer: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'chatops-programs-')));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const sources = { reaper: 'reaper-main.ts', preload: 'preload.ts', balancer: 'balancer/main.ts' };
  await build({
    entryPoints: Object.fromEntries(only.map((name) => [name, join(runtime, sources[name])])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const at = (name: string) => join(folder, `${name}.mjs`);
  return { reaper: at('reaper'), preload: at('preload'), balancer: at('balancer') };
}
