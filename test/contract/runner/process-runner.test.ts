import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import type { ImageStore, TaskSpec } from '../../../src/local-cloud/runtime/data-plane.ts';
import { imageStore } from '../../../src/local-cloud/runtime/images.ts';
import { createProcessRunner, type ProcessRunner } from '../../../src/local-cloud/runtime/tasks.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';
import { putImage } from '../../helpers/image.ts';

let preload: string;
let folder: string;
let images: ImageStore;
let runner: ProcessRunner;
const addresses = createAddressPlan();

beforeAll(async () => {
  preload = (await bundlePrograms(['preload'])).preload;
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-runner-'));
  images = imageStore(folder);
  runner = createProcessRunner({
    folder,
    images,
    preload,
    keeper: { started: () => undefined, ended: () => undefined },
  });
});

afterEach(async () => {
  await runner.close();
  await rm(folder, { recursive: true, force: true });
});

/** One task under watch: what it printed, and how it ended. */
async function run(manifest: Buffer, changes: Partial<TaskSpec> = {}) {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let exit: { code: number } | undefined;
  const wake = () => waiting.forEach((check) => check());
  const until = <Value>(read: () => Value | undefined) =>
    new Promise<Value>((resolve) => {
      const check = () => {
        const value = read();
        if (value === undefined) return;
        waiting.delete(check);
        resolve(value);
      };
      waiting.add(check);
      check();
    });
  const bind = await addresses.claim(3000);
  const task = await runner.start({
    taskId: 'abc',
    manifest,
    containerName: 'app',
    containerPort: 3000,
    bind,
    environment: {},
    stopTimeout: 30,
    onLog: (line) => {
      lines.push(line);
      wake();
    },
    onExit: (ended) => {
      if (exit !== undefined) throw new Error('ended twice');
      exit = ended;
      wake();
    },
    ...changes,
  });
  return {
    ...task,
    bind,
    lines,
    line: (pattern: RegExp) => until(() => lines.find((line) => pattern.test(line))),
    exit: () => until(() => exit),
  };
}

const server = (listen: string) => `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end(process.env.NAME + ' ' + request.url));
  server.${listen};
  server.on('listening', () => console.log('listening', JSON.stringify(server.address())));
  server.on('error', (error) => console.log('failed', error.code));
`;

const get = (bind: { host: string; port: number }, path: string) =>
  new Promise<string>((resolve, reject) => {
    request({ ...bind, path, agent: false }, (response) => {
      response
        .setEncoding('utf8')
        .on('data', (body: string) => resolve(body))
        .resume();
    })
      .on('error', reject)
      .end();
  });

describe('the container port', () => {
  test.each([
    'listen(3000)',
    'listen("3000")',
    'listen(3000, "0.0.0.0")',
    'listen(3000, "::", 511)',
    'listen(3000, 511, () => {})',
    'listen({ port: 3000, host: "localhost" })',
    'listen({ port: 3000 }, () => {})',
  ])('is on the task’s own address with %s', async (listen) => {
    const manifest = await putImage(images, [{ 'app/server.mjs': server(listen) }]);
    const [one, two] = await Promise.all([
      run(manifest, { environment: { NAME: 'one' } }),
      run(manifest, { environment: { NAME: 'two' } }),
    ]);
    await Promise.all([one.line(/listening/), two.line(/listening/)]);
    expect(await get(one.bind, '/a')).toBe('one /a');
    expect(await get(two.bind, '/b')).toBe('two /b');
  });

  test('is on the mapped port where there is one, and other ports, pipes and callbacks are as the program said', async () => {
    const mapped = { host: '127.0.0.1', port: await freePort() };
    const manifest = await putImage(images, [
      {
        'app/server.mjs': `
          import { createServer } from 'node:net';
          const main = createServer().listen(3000, () => console.log('main', main.address().address, main.address().port));
          const side = createServer().listen(0, '127.0.0.1', () => console.log('side', side.address().address));
          const pipe = createServer().listen(process.env.PIPE, () => console.log('pipe', pipe.address()));
        `,
      },
    ]);
    const pipe = join(folder, 'pipe');
    const task = await run(manifest, { bind: mapped, environment: { PIPE: pipe } });
    expect(await task.line(/^main/)).toBe(`main 127.0.0.1 ${mapped.port}`);
    expect(await task.line(/^side/)).toBe('side 127.0.0.1');
    expect(await task.line(/^pipe/)).toBe(`pipe ${pipe}`);
  });

  test('is the task’s own in the processes that it forks, too', async () => {
    const manifest = await putImage(images, [
      {
        'app/server.mjs': `
          import cluster from 'node:cluster';
          import { createServer } from 'node:http';
          if (cluster.isPrimary) {
            cluster.fork();
            cluster.on('listening', (worker, address) => console.log('listening', address.address));
          } else createServer((request, response) => response.end('worker')).listen(3000);
        `,
      },
    ]);
    const task = await run(manifest);
    expect(await task.line(/listening/)).toBe(`listening ${task.bind.host}`);
    expect(await get(task.bind, '/')).toBe('worker');
  });
});

test('the environment is the image’s and the task’s, and nothing of the daemon’s', async () => {
  const manifest = await putImage(
    images,
    [
      {
        'app/server.mjs':
          'console.log(JSON.stringify({ ...process.env, cwd: process.cwd(), argv: process.argv.slice(2) }))',
      },
    ],
    {
      Env: ['PATH=/nowhere', 'GREETING=hello', 'WHO=image'],
      Cmd: ['/app/server.mjs', '--flag', '/etc/absent'],
    },
  );
  const task = await run(manifest, { environment: { WHO: 'task' } });
  const seen = JSON.parse(await task.line(/^\{/)) as Record<string, unknown>;
  expect(await task.exit()).toEqual({ code: 0 });
  const home = join(folder, 'images', (await readdir(join(folder, 'images')))[0]!, 'app');
  expect(seen).toEqual({
    cwd: home,
    HOME: home,
    PATH: process.env.PATH,
    GREETING: 'hello',
    WHO: 'task',
    argv: ['--flag', '/etc/absent'],
  });
});

test('layers replace and remove what lower ones brought', async () => {
  const list = `
    import { readdirSync, readFileSync } from 'node:fs';
    const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? walk(folder + '/' + entry.name) : [folder + '/' + entry.name + '=' + readFileSync(folder + '/' + entry.name)]);
    console.log(walk('data').sort().join(' '));
  `;
  const manifest = await putImage(images, [
    {
      'app/server.mjs': list,
      'app/data/kept': '1',
      'app/data/changed': '1',
      'app/data/gone': '1',
      'app/data/opaque/old': '1',
      'app/data/folder/inner': '1',
    },
    {
      'app/data/changed': '2',
      'app/data/.wh.gone': '',
      'app/data/opaque/new': '2',
      'app/data/opaque/.wh..wh..opq': '',
      'app/data/.wh.folder': '',
      'app/data/soft': { symlink: 'kept' },
      'app/data/hard': { link: 'app/data/kept' },
    },
  ]);
  const task = await run(manifest);
  expect(await task.line(/=/)).toBe('data/changed=2 data/hard=1 data/kept=1 data/opaque/new=2 data/soft=1');
});

describe('an image that cannot be run here', () => {
  const rejection = async (manifest: Buffer) =>
    run(manifest).then(
      () => 'started',
      (error: unknown) => (error as Error).message,
    );

  test('needs Docker when it has a base layer', async () => {
    const manifest = await putImage(images, [{ 'app/server.mjs': '' }], { Labels: {} });
    expect(await rejection(manifest)).toMatch(/^CannotPullContainerError: image sha256:\w+ needs Docker/);
  });

  test('needs Docker when its program is not node', async () => {
    const manifest = await putImage(images, [{ 'app/server.mjs': '' }], { Entrypoint: ['nginx'], Cmd: [] });
    expect(await rejection(manifest)).toMatch(/CannotPullContainerError: .* needs Docker .*nginx, not node/);
  });

  test('is refused when a layer would write outside of it, and nothing is written there', async () => {
    const manifest = await putImage(images, [
      { 'app/server.mjs': '', 'app/out': { symlink: folder }, 'app/out/escaped': 'x' },
    ]);
    expect(await rejection(manifest)).toMatch(
      /^CannotPullContainerError: layer entry app\/out\/escaped leads out/,
    );
    expect(existsSync(join(folder, 'escaped'))).toBe(false);
    expect(await readdir(join(folder, 'images'))).toEqual([]);
  });

  test('is refused when a layer is missing or broken', async () => {
    const manifest = await putImage(images, [{ 'app/server.mjs': 'x' }]);
    const { layers } = JSON.parse(manifest.toString()) as { layers: { digest: string }[] };
    const path = (await images.blob(layers[0]!.digest))!;
    await truncate(path, 20);
    expect(await rejection(manifest)).toMatch(/^CannotPullContainerError: unexpected end/);
    await rm(path);
    expect(await rejection(manifest)).toMatch(/^CannotPullContainerError: blob sha256:\w+ not found/);
  });
});

describe('stopping', () => {
  const obedient =
    'process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); setInterval(() => {}, 1e6); console.log("up");';
  const stubborn =
    'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1e6); console.log("up");';

  test('asks with SIGTERM, and all output comes before the exit', async () => {
    const task = await run(await putImage(images, [{ 'app/server.mjs': obedient }]));
    await task.line(/up/);
    task.stop();
    expect(await task.exit()).toEqual({ code: 0 });
    expect(task.lines).toEqual(['up', 'bye']);
    expect(await task.usage()).toBeUndefined();
  });

  test('ends a task that ignores SIGTERM with SIGKILL after the stop timeout', async () => {
    const task = await run(await putImage(images, [{ 'app/server.mjs': stubborn }]), { stopTimeout: 0.2 });
    await task.line(/up/);
    task.stop();
    expect(await task.exit()).toEqual({ code: 137 });
    expect(task.lines).toEqual(['up', 'no']);
  });

  test('without a handler of its own the task ends with 143', async () => {
    const task = await run(
      await putImage(images, [{ 'app/server.mjs': 'setInterval(() => {}, 1e6); console.log("up");' }]),
    );
    await task.line(/up/);
    task.stop();
    expect(await task.exit()).toEqual({ code: 143 });
  });

  test('what the program started ends with it', async () => {
    const manifest = await putImage(images, [
      {
        'app/server.mjs': `
          import { spawn } from 'node:child_process';
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
          child.on('spawn', () => { console.log(child.pid); process.exit(7); });
        `,
      },
    ]);
    const task = await run(manifest);
    const pid = Number(await task.line(/^\d+$/));
    expect(await task.exit()).toEqual({ code: 7 });
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('close kills every task', async () => {
    const manifest = await putImage(images, [{ 'app/server.mjs': stubborn }]);
    const tasks = await Promise.all([run(manifest), run(manifest)]);
    await Promise.all(tasks.map((task) => task.line(/up/)));
    await runner.close();
    for (const task of tasks) {
      expect(isAlive(task.pid)).toBe(false);
      expect(await task.usage()).toBeUndefined();
    }
  });
});

test('usage tells the CPU seconds and the memory of the process', async () => {
  const manifest = await putImage(images, [
    {
      'app/server.mjs':
        'while (process.cpuUsage().user < 300_000); console.log("done"); setInterval(() => {}, 1e6);',
    },
  ]);
  const task = await run(manifest);
  await task.line(/done/);
  const usage = (await task.usage())!;
  expect(usage.cpuSeconds).toBeGreaterThan(0.1);
  expect(usage.cpuSeconds).toBeLessThan(5);
  expect(usage.memoryBytes).toBeGreaterThan(20e6);
  expect(usage.memoryBytes).toBeLessThan(500e6);
});

/** Neither gone nor a zombie that nobody has collected yet. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('a health check', () => {
  const inNode = (text: string) => ['CMD', 'node', '--input-type=module', '-e', text];

  async function two() {
    const manifest = await putImage(images, [
      { 'app/server.mjs': server('listen(3000)'), 'app/check.mjs': 'process.exit(Number(process.env.NAME))' },
    ]);
    const tasks = await Promise.all([
      run(manifest, { taskId: 'one', environment: { NAME: '3' } }),
      run(manifest, { taskId: 'two', environment: { NAME: '4' } }),
    ]);
    for (const task of tasks) await task.line(/listening/);
    return tasks;
  }

  test('runs in the folder and with the environment of its own task, by program and by shell', async () => {
    const [one, other] = await two();
    expect(await one.check(['CMD', 'node', 'check.mjs'], 5)).toBe(3);
    expect(await other.check(['CMD-SHELL', 'node check.mjs || exit $(($? * 2))'], 5)).toBe(8);
  });

  test.each([
    ['fetch', "process.exit(Number((await (await fetch('http://localhost:3000/')).text()).split(' ')[0]))"],
    [
      'node:http',
      "import { get } from 'node:http'; get({ port: 3000, agent: false }, (answer) => answer.on('data', (text) => process.exit(parseInt(String(text)))))",
    ],
    [
      'node:net',
      "import { connect } from 'node:net'; connect(3000, '127.0.0.1', function () { this.end('GET / HTTP/1.0\\r\\n\\r\\n'); }).on('data', (text) => process.exit(parseInt(String(text).split('\\r\\n\\r\\n')[1])))",
    ],
  ])('reaches its own task and no other on localhost with %s', async (_name, text) => {
    const [one, other] = await two();
    expect(await Promise.all([one, other].map((task) => task.check(inNode(text), 5)))).toEqual([3, 4]);
  });

  test('tells curl where localhost is', async () => {
    const [one] = await two();
    const { host } = one.bind;
    const line = `connect-to = "localhost:3000:${host}:3000"`;
    expect(await one.check(['CMD-SHELL', `grep -qF '${line}' "$CURL_HOME/.curlrc"`], 5)).toBe(0);
  });

  test('is killed with what it started when its time is up, and a program that is not there has failed', async () => {
    const [one] = await two();
    expect(await one.check(['CMD-SHELL', 'sleep 60 & sleep 60'], 0.2)).toBe(137);
    expect(await one.check(['CMD', 'no-such-program'], 5)).toBe(127);
  });

  test('fails once the task is gone', async () => {
    const [one] = await two();
    one.stop();
    await one.exit();
    expect(await one.check(['CMD-SHELL', 'exit 0'], 5)).toBe(137);
  });
});
