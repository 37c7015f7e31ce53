import { createHash, randomUUID } from 'node:crypto';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const runtime = fileURLToPath(new URL('../../src/local-cloud/runtime/', import.meta.url));

type Program = 'reaper' | 'preload' | 'balancer' | 'standIn';

/** The local cloud's side programs as JavaScript, bundled from their sources into a folder per content, which all tests share; `only` picks some. */
export async function bundlePrograms(
  only: readonly Program[] = ['reaper', 'preload', 'balancer', 'standIn'],
): Promise<Record<Program, string>> {
  const sources: Record<Program, string> = {
    reaper: 'reaper-main.ts',
    preload: 'preload.ts',
    balancer: 'balancer/main.ts',
    standIn: 'stand-in-redis/main.ts',
  };
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(only.map((name) => [name, join(runtime, sources[name])])),
    outdir: 'programs',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const hash = createHash('sha256');
  for (const { path, contents } of outputFiles) hash.update(basename(path)).update(contents);
  const temporary = await realpath(tmpdir());
  const name = `chatops-programs-${userInfo().uid}-${hash.digest('hex').slice(0, 16)}`;
  const folder = join(temporary, name);
  const fresh = join(temporary, `${name}-${randomUUID()}`);
  await mkdir(fresh, { mode: 0o700 });
  for (const { path, contents } of outputFiles) await writeFile(join(fresh, basename(path)), contents);
  // Another test may have put the same there already.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  const at = (program: string) => join(folder, `${program}.mjs`);
  return { reaper: at('reaper'), preload: at('preload'), balancer: at('balancer'), standIn: at('standIn') };
}
