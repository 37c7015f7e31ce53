import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeAll, expect, test } from 'vitest';

import { startReaper } from '../../../src/local-cloud/runtime/reaper.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';

let entry: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  entry = (await bundlePrograms(['reaper'])).reaper;
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that ignores every polite signal. */
function stubborn(): ChildProcess {
  const child = spawn(
    process.execPath,
    ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1e6);console.log("up")'],
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  children.push(child);
  return child;
}

test('kills what it watches when it is closed, also a frozen process, and spares what it was told to forget', async () => {
  const [watched, frozen, spared] = [stubborn(), stubborn(), stubborn()];
  await Promise.all([watched, frozen, spared].map((child) => once(child.stdout!, 'data')));
  frozen.kill('SIGSTOP');
  const reaper = startReaper(entry);
  for (const child of [watched, frozen, spared]) reaper.watch(child.pid!);
  reaper.forget(spared.pid!);
  const gone = Promise.all([once(watched, 'exit'), once(frozen, 'exit')]);
  await reaper.close();
  expect(await gone).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ]);
  expect(spared.exitCode ?? spared.signalCode).toBeNull();
});

test('kills what it watches when the process that started it is killed with SIGKILL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-reaper-'));
  const parent = join(folder, 'parent.ts');
  await writeFile(
    parent,
    `import { startReaper } from ${JSON.stringify(join(import.meta.dirname, '../../../src/local-cloud/runtime/reaper.ts'))};
     const reaper = startReaper(process.argv[2]);
     reaper.watch(Number(process.argv[3]));
     // The reaper answers nothing: what was written to the pipe before the death is read after it.
     setTimeout(() => console.log('watching'), 1);
     setInterval(() => {}, 1e6);`,
  );
  const bundled = join(folder, 'parent.mjs');
  await build({ entryPoints: [parent], outfile: bundled, bundle: true, platform: 'node', format: 'esm' });

  const victim = stubborn();
  await once(victim.stdout!, 'data');
  const daemon = spawn(process.execPath, [bundled, entry, String(victim.pid)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(daemon);
  await once(daemon.stdout, 'data');
  const gone = once(victim, 'exit');
  daemon.kill('SIGKILL');
  expect(await gone).toEqual([null, 'SIGKILL']);
  await rm(folder, { recursive: true, force: true });
});
