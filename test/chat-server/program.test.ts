import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatClient } from '../helpers/chat-client.ts';
import { until } from '../helpers/chat-node.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const source = fileURLToPath(new URL('../../chat-server/', import.meta.url));

describe.skipIf(!hasRedis)('the program', () => {
  let folder: string;
  let redis: TestRedis;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-server-'));
    redis = await startRedis();
    await build({
      entryPoints: [join(source, 'src/main.ts')],
      outfile: join(folder, 'server.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    });
    await cp(join(source, 'web'), join(folder, 'web'), { recursive: true });
  });

  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function run(env: Record<string, string>) {
    const child = spawn(process.execPath, [join(folder, 'server.mjs')], {
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', REDIS_URL: redis.url, ...env },
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (data) => (output.out += data));
    child.stderr.on('data', (data) => (output.err += data));
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const lines = () => output.out.trim().split('\n').filter(Boolean);
    const log = () => lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    return { child, output, exit, log };
  }

  test('runs as one bundled file with its page, logs JSON lines, and SIGTERM drains it to exit 0', async () => {
    const program = run({ PORT: '0', NODE_NAME: 'solo', VERSION: 'v1', DRAIN_SECONDS: '10' });
    await until(() => program.log().some(({ message }) => message === 'redis connected'));
    const listening = program.log().find(({ message }) => message === 'listening')!;
    expect(listening).toMatchObject({ level: 'info', node: 'solo', version: 'v1' });
    const port = Number(listening['port']);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('<textarea');
    const chat = await ChatClient.open(port);
    await chat.join('room');
    program.child.kill('SIGTERM');
    await chat.next('reconnect');
    chat.socket.close();
    expect(await program.exit).toBe(0);
    expect(program.log().at(-1)).toMatchObject({ message: 'drained' });
    expect(program.output.err).toBe('');
  });

  test('a second signal ends it at once', async () => {
    const program = run({ PORT: '0', DRAIN_SECONDS: '600' });
    await until(() => program.log().some(({ message }) => message === 'redis connected'));
    const chat = await ChatClient.open(Number(program.log()[0]!['port']));
    program.child.kill('SIGTERM');
    await chat.next('reconnect');
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(1);
  });

  test('wrong settings are one line each and exit 2', async () => {
    const program = run({ PORT: 'http', LOG_LEVEL: 'loud' });
    expect(await program.exit).toBe(2);
    expect(program.output.err.trim().split('\n')).toEqual([
      'chat-server: PORT: must be a whole number from 0 to 65535, is "http"',
      'chat-server: LOG_LEVEL: must be one of debug, info, warn, error, is "loud"',
    ]);
  });

  test('a port in use is one line and exit 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const program = run({ PORT: String(port) });
    expect(await program.exit).toBe(1);
    expect(program.output.err).toMatch(
      new RegExp(`^chat-server: cannot listen on port ${port}: .*EADDRINUSE.*\n$`),
    );
    other.close();
  });

  test('a wrong password for Redis keeps it running, not ready, and says why in the log', async () => {
    const locked = await startRedis();
    await locked.client.config('SET', 'requirepass', 'right');
    const wrong = run({ PORT: '0', REDIS_URL: `redis://:wrong@127.0.0.1:${locked.port}` });
    await until(() => wrong.log().some(({ reason }) => /WRONGPASS/.test(String(reason))));
    expect(wrong.output.out + wrong.output.err).not.toContain(':wrong@');
    wrong.child.kill('SIGTERM');
    expect(await wrong.exit).toBe(0);
    const right = run({ PORT: '0', REDIS_URL: `redis://:right@127.0.0.1:${locked.port}` });
    await until(() => right.log().some(({ message }) => message === 'redis connected'));
    right.child.kill('SIGTERM');
    expect(await right.exit).toBe(0);
    await locked.stop();
  });
});
