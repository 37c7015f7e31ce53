import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAddressPlan } from '../../../src/local-cloud/runtime/addresses.ts';
import { createCacheRunner, type ServerRunner } from '../../../src/local-cloud/runtime/caches.ts';
import { createAuthority } from '../../../src/local-cloud/runtime/certificate.ts';
import { bundlePrograms } from '../../helpers/bundle.ts';

let folder: string;
let runner: ServerRunner;
const alive = new Map<number, string>();
const keeper = {
  started: (pid: number, name: string) => void alive.set(pid, name),
  ended: (pid: number) => void alive.delete(pid),
};
const addresses = createAddressPlan();
const clients: Redis[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-caches-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  runner = createCacheRunner({
    path: process.env['PATH'] ?? '',
    standIn: '',
    keeper,
    authority: createAuthority(),
    trustFile: join(folder, 'authority.pem'),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await runner.close();
});

function open(at: { host: string; port: number }, password?: string): Redis {
  const client = new Redis({
    ...at,
    ...(password === undefined ? {} : { password }),
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a node answers on its own loopback address, keeps nothing on disk, and is gone when it is stopped', async () => {
  const at = await addresses.claim(6379);
  const home = join(folder, 'one');
  const node = await runner.start({ ...at, parameters: { 'maxmemory-policy': 'noeviction' }, folder: home });
  const redis = open(at);
  expect(await redis.ping()).toBe('PONG');
  expect(await redis.info('memory')).toContain('maxmemory_policy:noeviction');
  expect(alive.get(node.pid)).toBe(`cache node ${at.host}:${at.port}`);
  await expect(redis.call('CONFIG', 'GET', '*')).rejects.toThrow(/unknown command/);
  redis.disconnect();
  const { pid } = node;
  await node.stop();
  expect(isThere(pid)).toBe(false);
  expect(alive.size).toBe(0);
  expect(await readdir(folder)).not.toContain('one');
});

test('the password is asked for, and stands in no file that others can read and in no command line', async () => {
  const at = await addresses.claim(6379);
  const password = 'a"b c\\d-0123456789';
  const home = join(folder, 'secret');
  const node = await runner.start({ ...at, passwords: [password], parameters: {}, folder: home });
  await expect(open(at).ping()).rejects.toThrow(/NOAUTH/);
  expect(await open(at, password).ping()).toBe('PONG');
  expect((await stat(join(home, 'redis.conf'))).mode & 0o077).toBe(0);

  expect(await readFile(`/proc/${node.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain('0123456789');
});

test('a replica follows its primary', async () => {
  const primary = await addresses.claim(6379);
  const replica = await addresses.claim(6379);
  await runner.start({ ...primary, parameters: {}, folder: join(folder, 'primary') });
  await runner.start({ ...replica, parameters: {}, replicaOf: primary, folder: join(folder, 'replica') });
  await open(primary).set('room', 'general');
  const reader = open(replica);
  await vi.waitFor(async () => expect(await reader.get('room')).toBe('general'), { timeout: 10_000 });
  await expect(reader.set('room', 'other')).rejects.toThrow(/READONLY/);
});

test('a process that dies by itself is replaced, empty, on the same address', async () => {
  const at = await addresses.claim(6379);
  const node = await runner.start({ ...at, parameters: {}, folder: join(folder, 'phoenix') });
  const redis = open(at);
  await redis.set('room', 'general');
  const { pid } = node;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(node.pid).not.toBe(pid), { timeout: 10_000 });
  await vi.waitFor(() => expect(node.answers).toBe(true), { timeout: 10_000 });
  expect(await redis.get('room')).toBeNull();
  expect([...alive.keys()]).toEqual([node.pid]);
});

test('a node stopped while its process is being replaced leaves none', async () => {
  const at = await addresses.claim(6379);
  const node = await runner.start({ ...at, parameters: {}, folder: join(folder, 'brief') });
  process.kill(node.pid, 'SIGKILL');
  await node.stop();
  expect(alive.size).toBe(0);
  expect(isThere(node.pid)).toBe(false);
});

test('a server that cannot start says why in one line, and leaves nothing', async () => {
  const at = await addresses.claim(6379);
  const parameters = { 'maxmemory-policy': 'everything' };
  await expect(runner.start({ ...at, parameters, folder: join(folder, 'wrong') })).rejects.toThrow(
    /maxmemory-policy.*must be one of/,
  );
  const first = await runner.start({ ...at, parameters: {}, folder: join(folder, 'first') });
  await expect(runner.start({ ...at, parameters: {}, folder: join(folder, 'second') })).rejects.toThrow(
    /Address already in use/,
  );
  expect([...alive.keys()]).toEqual([first.pid]);
  expect((await readdir(folder)).toSorted()).toEqual(['first']);
});

describe('where there is neither redis-server nor valkey-server', () => {
  let standIn: string;
  beforeAll(async () => {
    ({ standIn } = await bundlePrograms(['standIn']));
  });

  // The next runner of a test is closed after it.
  const without = () =>
    (runner = createCacheRunner({ path: '', standIn, keeper, authority: createAuthority(), trustFile: '' }));

  test('nodes are processes of the stand-in, with an address, a password and limits of their own', async () => {
    const { start, engine } = without();
    expect(await engine()).toMatchObject({ name: 'stand-in', command: process.execPath, args: [standIn] });
    const at = await addresses.claim(6379);
    const home = join(folder, 'stand-in');
    const password = 'a"b c\\d-é';
    const node = await start({
      ...at,
      passwords: [password],
      parameters: { 'maxmemory-policy': 'noeviction' },
      folder: home,
    });
    expect(alive.get(node.pid)).toBe(`cache node ${at.host}:${at.port}`);
    await expect(open(at).ping()).rejects.toThrow(/NOAUTH/);
    const redis = open(at, password);
    expect(await redis.info('memory')).toContain('maxmemory_policy:noeviction');
    expect(await redis.info('server')).toContain(`process_id:${node.pid}\r\n`);
    for (const command of ['CONFIG', 'SHUTDOWN', 'DEBUG']) {
      await expect(redis.call(command, 'GET', '*')).rejects.toThrow(/unknown command/);
    }
    redis.disconnect();
    const { pid } = node;
    await node.stop();
    expect([isThere(pid), alive.size]).toEqual([false, 0]);
    expect(await readdir(folder)).not.toContain('stand-in');
  });

  test('the endpoint comes and goes while connections stay, and a process that dies is replaced, empty', async () => {
    const [at, endpoint] = [await addresses.claim(6379), await addresses.claim(6379)];
    const node = await without().start({
      ...at,
      alsoAt: [endpoint.host],
      parameters: {},
      folder: join(folder, 'moved'),
    });
    const there = open(endpoint);
    await there.set('room', 'general');
    await node.change({ alsoAt: [] });
    expect(await there.get('room')).toBe('general');
    await expect(open({ ...endpoint }).ping()).rejects.toThrow();
    await node.change({ alsoAt: [endpoint.host] });
    expect(await open(endpoint).get('room')).toBe('general');
    const { pid } = node;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(node.pid).not.toBe(pid), { timeout: 10_000 });
    await vi.waitFor(() => expect(node.answers).toBe(true), { timeout: 10_000 });
    expect(await open(endpoint).get('room')).toBeNull();
  });

  test('an address that is taken is said in one line, and nothing is left', async () => {
    const at = await addresses.claim(6379);
    const { start } = without();
    const first = await start({ ...at, parameters: {}, folder: join(folder, 'first') });
    await expect(start({ ...at, parameters: {}, folder: join(folder, 'second') })).rejects.toThrow(
      /EADDRINUSE/,
    );
    expect([...alive.keys()]).toEqual([first.pid]);
  });

  test.each([
    ['replicas', { replicaOf: { host: '127.0.0.1', port: 6379 } }],
    ['encryption in transit', { tls: { mode: 'required' as const, addresses: ['127.0.0.1'] } }],
    ['cluster mode', { cluster: true }],
  ])('%s are refused: the stand-in has none', async (what, wanted) => {
    const at = await addresses.claim(6379);
    await expect(
      without().start({ ...at, ...wanted, parameters: {}, folder: join(folder, 'beyond') }),
    ).rejects.toThrow(`no redis-server or valkey-server on PATH, and the stand-in has no ${what}`);
    expect(await readdir(folder)).not.toContain('beyond');
  });

  test('one that is installed later is for the stacks that come later', async () => {
    const bin = await mkdtemp(join(tmpdir(), 'chatops-bin-'));
    runner = createCacheRunner({ path: bin, standIn, keeper, authority: createAuthority(), trustFile: '' });
    const node = await runner.start({
      ...(await addresses.claim(6379)),
      parameters: {},
      folder: join(folder, 'early'),
    });
    await writeFile(join(bin, 'redis-server'), '#!/bin/sh\necho "Redis server v=7.2.4"\n');
    await chmod(join(bin, 'redis-server'), 0o755);
    expect(await runner.engine()).toMatchObject({ name: 'stand-in' });
    await node.stop();
    expect(await runner.engine()).toMatchObject({ name: 'redis', version: '7.2.4' });
    await rm(bin, { recursive: true, force: true });
  });
});

test('a valkey-server goes before a redis-server, and a program that says no version is passed over', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'chatops-bin-'));
  const install = async (name: string, says: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${says}"\n`);
    await chmod(join(bin, name), 0o755);
  };
  const found = () =>
    createCacheRunner({
      path: `relative:${bin}`,
      standIn: '',
      keeper,
      authority: createAuthority(),
      trustFile: '',
    }).engine();
  await install('redis-server', 'Redis server v=7.2.4 sha=00000000:0 malloc=libc bits=64');
  expect(await found()).toEqual({
    command: join(bin, 'redis-server'),
    args: [],
    name: 'redis',
    version: '7.2.4',
  });
  await install('valkey-server', 'something else');
  expect((await found())?.name).toBe('redis');
  await install('valkey-server', 'Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc bits=64');
  expect(await found()).toEqual({
    command: join(bin, 'valkey-server'),
    args: [],
    name: 'valkey',
    version: '8.1.1',
  });
  await rm(bin, { recursive: true, force: true });
});
