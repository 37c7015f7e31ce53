import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateVpcCommand, DeleteVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  connectLocal,
  localStatus,
  resetLocal,
  stopLocal,
  stopLocalIfEmpty,
} from '../../../src/aws/local-daemon.ts';
import type { LocalConnection } from '../../../src/aws/local-daemon.ts';
import { recordProcess } from '../../../src/local-cloud/runtime/leftovers.ts';
import { quietPackage } from '../../helpers/quiet-package.ts';

let packageRoot: string;
let project: string;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  packageRoot = await quietPackage();
});
afterAll(() => rm(packageRoot, { recursive: true, force: true }));

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'chatops-project-'));
  folder = join(project, '.chatops/local');
});
afterEach(async () => {
  await stopLocal(folder);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(project, { recursive: true, force: true });
});

const connect = (options: { version?: string; latency?: string } = {}) =>
  connectLocal({ folder, packageRoot, version: '1.2.3', ...options });

it('starts when the first command needs it, is readable by its owner only, and is found by the next one', async () => {
  expect(await localStatus(folder)).toBeUndefined();
  const first = await connect();
  const status = await localStatus(folder);
  expect(status).toMatchObject({
    version: '1.2.3',
    endpoint: first.endpoint,
    latency: 'instant',
    resourceCount: 0,
    stacks: [],
    engines: ['redis 7.0.15'],
  });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'daemon.json'))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(folder, 'daemon.json'), 'utf8'))).toMatchObject({
    pid: status!.pid,
    port: Number(new URL(first.endpoint).port),
    ...first.credentials,
  });
  expect(await connect()).toEqual(first);
  expect((await localStatus(folder))!.pid).toBe(status!.pid);
});

it('is started once by commands that start at the same time', async () => {
  const connections = await Promise.all(Array.from({ length: 4 }, () => connect()));
  expect(new Set(connections.map(({ endpoint }) => endpoint)).size).toBe(1);
  const announced = (await readFile(join(folder, 'daemon.log'), 'utf8')).match(/ answers at /g);
  expect(announced).toHaveLength(1);
});

it('shares nothing with the local cloud of another project', async () => {
  const first = await connect();
  const otherFolder = join(project, 'other/.chatops/local');
  const other = await connectLocal({ folder: otherFolder, packageRoot, version: '1.2.3' });
  try {
    expect(other.endpoint).not.toBe(first.endpoint);
    expect(other.credentials).not.toEqual(first.credentials);
    const mixed = clientOf({ ...first, credentials: other.credentials });
    await expect(mixed.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).rejects.toMatchObject({
      name: 'AuthFailure',
    });
  } finally {
    await stopLocal(otherFolder);
  }
});

it('of another version is refused with what would be lost', async () => {
  const connection = await connect({ version: '1.0.0' });
  await createVpc(connection);
  await expect(connect()).rejects.toMatchObject({
    code: 'local.version',
    exit: 4,
    message: 'the local cloud is of version 1.0.0, this is chatops 1.2.3',
    hint: 'run "chatops local stop" first; it takes the stack chat/default/local with it',
  });
  await stopLocal(folder);
  await connect();
  expect(await localStatus(folder)).toMatchObject({ version: '1.2.3', resourceCount: 0 });
});

it('counts what is in it, and ends with the last of it', async () => {
  const connection = await connect();
  const vpcId = await createVpc(connection);
  const status = await localStatus(folder);
  expect(status!.resources['ec2@local']).toMatchObject({ DescribeVpcs: 1 });
  expect(status!.stacks).toEqual(['chat/default/local']);
  expect(await stopLocalIfEmpty(folder)).toBe(false);
  await clientOf(connection).send(new DeleteVpcCommand({ VpcId: vpcId }));
  expect(await localStatus(folder)).toMatchObject({ resourceCount: 0, resources: {}, stacks: [] });
  expect(await stopLocalIfEmpty(folder)).toBe(true);
  expect(await localStatus(folder)).toBeUndefined();
});

it('stopped, leaves no process, no port, and no key', async () => {
  const { endpoint } = await connect();
  const status = await stopLocal(folder);
  await expect.poll(() => isThere(status!.pid)).toBe(false);
  await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  expect((await readdir(folder)).sort()).toEqual(['.gitignore', 'daemon.log']);
  expect(await stopLocal(folder)).toBeUndefined();
});

it('ends on SIGTERM as it does when told to, and not when its terminal goes', async () => {
  await connect();
  const { pid } = (await localStatus(folder))!;
  process.kill(pid, 'SIGHUP');
  process.kill(pid, 'SIGINT');
  expect(await localStatus(folder)).toMatchObject({ pid });
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);
  expect(await readdir(folder)).not.toContain('daemon.json');
});

it('killed, leaves nothing that the next start does not clean up, and spares a process that only has the same number', async () => {
  await connect();
  const { pid } = (await localStatus(folder))!;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);

  const leftover = sleeper();
  const stranger = sleeper();
  await recordProcess(folder, leftover.pid!, 'task 1a2b');
  const recycled = { pid: stranger.pid, name: 'task 3c4d', startedAt: '1' };
  await writeFile(join(folder, 'processes', `${stranger.pid}.json`), JSON.stringify(recycled));
  const gone = once(leftover, 'exit');

  await connect();
  expect(await gone).toEqual([null, 'SIGKILL']);
  expect(isThere(stranger.pid!)).toBe(true);
  expect((await localStatus(folder))!.pid).not.toBe(pid);
  expect(await localStatus(folder)).toMatchObject({ processes: [] });
});

it('shows the processes that are on record', async () => {
  await connect();
  const child = sleeper();
  await recordProcess(folder, child.pid!, 'redis-server');
  expect(await localStatus(folder)).toMatchObject({ processes: [{ pid: child.pid, name: 'redis-server' }] });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await localStatus(folder)).toMatchObject({ processes: [] });
});

it('that cannot start is reported with the end of its log', async () => {
  await expect(connect({ latency: 'slow' })).rejects.toMatchObject({
    code: 'local.start',
    message: 'the local cloud did not start',
    details: expect.arrayContaining([expect.stringContaining('latency profile "slow"')]),
  });
  expect(await localStatus(folder)).toBeUndefined();
});

it('reset, is gone with its folder', async () => {
  await connect();
  const status = await resetLocal(folder);
  await expect.poll(() => isThere(status!.pid)).toBe(false);
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

async function createVpc(connection: LocalConnection): Promise<string> {
  const tags = [{ Key: 'chatops:stack', Value: 'chat/default/local' }];
  const { Vpc } = await clientOf(connection).send(
    new CreateVpcCommand({
      CidrBlock: '10.0.0.0/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }],
    }),
  );
  return Vpc!.VpcId!;
}

function clientOf({ endpoint, credentials }: LocalConnection): EC2Client {
  return new EC2Client({ region: 'local', endpoint, credentials, maxAttempts: 1 });
}

function sleeper(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
