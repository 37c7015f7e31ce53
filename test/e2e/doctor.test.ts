import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/check.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project, Result } from '../helpers/cli.ts';
import { startLocalCloud } from '../helpers/local-cloud.ts';

const checksIn = ({ stdout }: Result) =>
  Object.fromEntries(
    (JSON.parse(stdout) as { checks: Finding[] }).checks.map((finding) => [finding.name, finding]),
  );

describe('doctor on this machine', { timeout: 60_000 }, () => {
  let project: Project;
  beforeEach(async () => {
    project = await createProject();
  });
  afterEach(() => project.close());

  it('finds all in order, and starts nothing', async () => {
    const { code, stdout } = await project.run('doctor');
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^OK +node +\d+\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^OK +config +stack chat\/default\/local$/m);
    expect(stdout).toMatch(/^OK +cache server +(valkey|redis)-server \d/m);
    expect(stdout).toMatch(/^OK +image +the chat server of chatops can be built$/m);
    expect(stdout).toMatch(/\n\n\d+ OK.*\n$/);
    await expect(access(path.join(project.folder, '.chatops'))).rejects.toThrow('ENOENT');
  });

  it('fails with 5 over a config that is wrong, and still looks at the machine', async () => {
    await project.configure({ loadBalancr: {} });
    const { code, stdout } = await project.run('doctor');
    expect(code).toBe(5);
    expect(stdout).toMatch(/^OK +node/m);
    expect(stdout).toMatch(/^FAIL +config +.*loadBalancr: unknown field/m);
    expect(stdout).toContain('→ correct the file');
  });

  it('sees a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await project.configure({ loadBalancer: { port } });
    const result = await project.run('doctor', '--json');
    await new Promise((resolve) => server.close(resolve));
    expect(result.code).toBe(5);
    expect(checksIn(result)['port']).toMatchObject({
      state: 'FAIL',
      says: `loadBalancer.port: ${port} is in use on this machine`,
    });
  });

  it('without credentials, says so once and skips what needs them', async () => {
    const nowhere = await createProject({ AWS_EC2_METADATA_DISABLED: 'true' });
    await nowhere.configure({ region: 'eu-west-3' });
    const result = await nowhere.run('doctor', '--json');
    await nowhere.close();
    const checks = checksIn(result);
    expect(result.code).toBe(5);
    expect(checks['credentials']).toMatchObject({
      state: 'FAIL',
      todo: expect.stringContaining('AWS_PROFILE') as string,
    });
    expect(checks['permissions']).toMatchObject({ state: 'SKIP' });
  });
});

describe('doctor on an AWS-compatible endpoint', { timeout: 60_000 }, () => {
  let cloud: Awaited<ReturnType<typeof startLocalCloud>>;
  let project: Project;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    project = await createProject({
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    });
  });
  afterAll(async () => {
    await project.close();
    await cloud.close();
  });

  it('looks at account, region and quotas, and skips what the endpoint does not have', async () => {
    await project.configure({
      region: 'eu-west-3',
      account: '000000000000',
      service: { image: 'localhost:1/chat:1' },
    });
    const checks = checksIn(await project.run('doctor', '--json'));
    expect(checks['account']).toMatchObject({ state: 'OK', says: '000000000000, as the config asks' });
    expect(checks['region']).toMatchObject({ state: 'OK', says: 'eu-west-3 answers and has 3 zones' });
    expect(checks['permissions']).toMatchObject({ state: 'SKIP' });
    expect(checks['VPCs']).toMatchObject({ state: 'OK', says: '1 needed, 0 of 5 in use in eu-west-3' });
    expect(checks['elastic IPs']).toMatchObject({ state: 'OK', says: 'none needed' });
    expect(checks['Fargate vCPU']).toMatchObject({
      state: 'OK',
      says: 'up to 1 in a deployment, of 6 for everything in eu-west-3',
    });
    expect(checks['image']).toMatchObject({ state: 'WARN' });
  });

  it('refuses the wrong account', async () => {
    await project.configure({ region: 'eu-west-3', account: '111111111111' });
    const result = await project.run('doctor', '--json');
    expect(result.code).toBe(5);
    expect(checksIn(result)['account']).toMatchObject({
      state: 'FAIL',
      says: 'the config is for account 111111111111, the credentials are for 000000000000',
    });
  });
});
