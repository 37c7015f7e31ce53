import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The load worker's program, bundled from its sources into a fresh folder; `remove` takes it away again. */
export async function bundleLoadWorker(): Promise<{ program: string; remove(): Promise<void> }> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'chatops-load-')));
  const program = path.join(folder, 'worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/load/worker-main.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
  });
  return { program, remove: () => rm(folder, { recursive: true, force: true }) };
}
