import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

import { bundlePrograms } from '../../helpers/bundle.ts';

const from = (path: string) => JSON.stringify(join(import.meta.dirname, '../../..', path));

/** A daemon's data plane with one task, one listener and one cache node; prints the listener's port when all of it runs. */
const program = `
  import { once } from 'node:events';
  import { createServer } from 'node:net';
  import { createDataPlane } from ${from('src/local-cloud/runtime/index.ts')};
  import { putImage } from ${from('test/helpers/image.ts')};
  const [folder, entries] = process.argv.slice(2);
  const plane = await createDataPlane({ folder, log: console.error, entries: JSON.parse(entries) });
  const code = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6); console.log("up");';
  const manifest = await putImage(plane.images, [{ 'app/server.mjs': code }]);
  const bind = await plane.addresses.claim(3000);
  let up;
  const running = new Promise((resolve) => (up = resolve));
  await plane.tasks.start({
    taskId: 't', manifest, containerName: 'app', containerPort: 3000, bind, environment: {}, stopTimeout: 30,
    onLog: up, onExit: () => {},
  });
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await plane.balancer.configure([{
    arn: 'l', port, protocol: 'HTTP', idleTimeoutSeconds: 60,
    action: { type: 'fixed-response', statusCode: 200, contentType: 'text/plain', body: '' },
  }], []);
  const cache = await plane.addresses.claim(6379);
  await plane.caches.start({ ...cache, parameters: {}, folder: folder + '/cache' });
  await running;
  console.log(port);
  setInterval(() => {}, 1e6);
`;

test('a daemon killed with SIGKILL leaves no task, no load balancer and no cache node', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-death-'));
  const source = join(folder, 'daemon.ts');
  const bundled = join(folder, 'daemon.mjs');
  await writeFile(source, program);
  await build({
    entryPoints: [source],
    outfile: bundled,
    bundle: true,
    platform: 'node',
    format: 'esm',
    nodePaths: [join(import.meta.dirname, '../../../node_modules')],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const daemon = spawn(process.execPath, [bundled, folder, JSON.stringify(await bundlePrograms())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(daemon.stdout, 'data')) as [Buffer];
    // The record is written beside the work, not before it.
    const recorded = async () =>
      (await readdir(join(folder, 'processes'))).filter((file) => file.endsWith('.json'));
    await expect.poll(async () => (await recorded()).length).toBe(3);
    const files = await recorded();
    const records = await Promise.all(
      files.map(async (file) => {
        const text = await readFile(join(folder, 'processes', file), 'utf8');
        return JSON.parse(text) as { pid: number; name: string };
      }),
    );
    expect(records.filter(({ pid }) => isAlive(pid))).toHaveLength(3);
    // Neither asks nicely nor can be asked: a frozen task is killed, too.
    process.kill(records.find(({ name }) => name === 'task t')!.pid, 'SIGSTOP');
    daemon.kill('SIGKILL');
    await expect.poll(() => records.filter(({ pid }) => isAlive(pid)), { timeout: 5000 }).toEqual([]);
    const errorOf = async () =>
      ((await once(connect(Number(port), '127.0.0.1'), 'error')) as [{ code: string }])[0].code;
    await expect.poll(errorOf).toBe('ECONNREFUSED');
  } finally {
    daemon.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});

/** Neither gone nor a zombie that nobody has collected yet. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}
