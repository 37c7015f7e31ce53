import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

describe('bad input', { timeout: 60_000 }, () => {
  let project: Project;
  beforeEach(async () => {
    project = await createProject();
  });
  afterEach(() => project.close());

  const nothingStarted = async () => {
    await expect(access(path.join(project.folder, '.chatops/local/daemon.json'))).rejects.toThrow('ENOENT');
  };

  it.each([
    [['upp'], "error: unknown command 'upp'\n(Did you mean up?)"],
    [['up', '--jason'], "error: unknown option '--jason'\n(Did you mean --json?)"],
    [['up', 'extra'], "error: too many arguments for 'up'"],
    [['export'], 'export needs to know what to write\nhint: add --terraform'],
    [
      ['logs', '--since', 'soon'],
      "option '-s, --since <duration>' argument 'soon' is invalid. must be a duration such as 30s",
    ],
  ])('%j is a usage error', async (args, message) => {
    const { code, stderr } = await project.run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    await nothingStarted();
  });

  it.each([
    [
      'an unknown key',
      { loadBalancr: {} },
      'chatops.config.json: loadBalancr: unknown field; did you mean "loadBalancer"?',
    ],
    [
      'a wrong cpu and memory pair',
      { service: { cpu: 256, memory: 4096 } },
      'service.memory: must be 512, 1024, 2048 MiB with cpu 256, is 4096',
    ],
    [
      'too long an app name',
      { app: 'a'.repeat(21) },
      'app: must be 1–20 characters of a-z, 0-9 and -, starting with a letter',
    ],
  ])('%s is a config error', async (_, config, message) => {
    await project.configure(config);
    const { code, stderr, stdout } = await project.run('up');
    expect(code).toBe(3);
    expect(stderr.split('\n')[0]).toContain(message);
    expect(stderr).toContain('hint: ');
    expect(stdout).toBe('');
    await nothingStarted();
  });

  it('a missing build folder is named before anything is made', async () => {
    await project.configure({ service: { build: './nowhere' } });
    const { code, stderr } = await project.run('up');
    expect(code).toBe(3);
    expect(stderr).toContain(
      `error: service.build: folder ${path.join(project.folder, 'nowhere')} does not exist`,
    );
    await nothingStarted();
  });

  it('a port in use is named before anything is made', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await project.configure({ loadBalancer: { port } });
    const { code, stderr } = await project.run('up');
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(5);
    expect(stderr).toContain(`error: loadBalancer.port: ${port} is in use on this machine`);
    await nothingStarted();
  });

  it('a cache version that is not offered is named, with those that are', async () => {
    await project.configure({ redis: { version: '1.2' } });
    const { code, stderr } = await project.run('up');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /error: redis\.version: valkey 1\.2 is not offered in local\nhint: choose one of .*8\.0/,
    );
    await nothingStarted();
  });

  it('an endpoint of AWS that cannot be reached is an access error within seconds', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const away = await createProject({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    await away.configure({ region: 'eu-west-3' });
    const { code, stderr, ms } = await away.run('plan');
    expect(code).toBe(4);
    expect(stderr.split('\n').find((line) => line.startsWith('error: '))).toMatch(/127\.0\.0\.1/);
    expect(ms).toBeLessThan(20_000);
    await away.close();
  });

  it('missing credentials are an access error that says what to do', async () => {
    const away = await createProject({ AWS_EC2_METADATA_DISABLED: 'true' });
    await away.configure({ region: 'eu-west-3' });
    const { code, stderr } = await away.run('up', '--yes');
    expect(code).toBe(4);
    expect(stderr).toMatch(/hint: .*(aws configure|AWS_PROFILE|profile)/);
    await away.close();
  });

  it('without redis on this machine, what its stand-in has not is one clear error with the install commands', async () => {
    const bare = await createProject({ PATH: '/nonexistent' });
    await bare.configure({ redis: { replicas: 1, encryption: { inTransit: true } } });
    const { code, stderr } = await bare.run('up');
    expect(code).toBe(5);
    expect(stderr).toContain(
      'error: no redis-server or valkey-server on PATH, and the stand-in for it has no redis.replicas 1, no redis.encryption.inTransit\n',
    );
    for (const command of ['apt-get install', 'dnf install', 'brew install'])
      expect(stderr).toContain(command);
    await expect(access(path.join(bare.folder, '.chatops/local/daemon.json'))).rejects.toThrow('ENOENT');
    await bare.close();
  });

  it.each(['status', 'logs', 'open'])('%s of a stack that is not up says so', async (command) => {
    const { code, stderr } = await project.run(command);
    expect(code).toBe(5);
    expect(stderr).toBe(
      'error: stack chat/default/local is not up\nhint: create it with `chatops up`, or choose another with --env; `chatops ls` lists what is up\n',
    );
    await nothingStarted();
  });

  it('prints one object with --json', async () => {
    await project.configure({ service: { cpu: 100 } });
    const { code, stdout } = await project.run('plan', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'config.invalid', exit: 3 });
  });
});
