import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the package, installed from its tarball into an empty folder', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'chatops-pack-'));
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const [tarball] = await readdir(folder);
    await run('npm', ['init', '-y'], { cwd: folder });
    await run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball!)], { cwd: folder });
  }, 120_000);
  afterAll(async () => {
    await run('npx', ['chatops', 'local', 'stop'], { cwd: folder });
    await rm(folder, { recursive: true, force: true });
  });

  it('brings no further package', async () => {
    const packages = (await readdir(path.join(folder, 'node_modules'))).filter(
      (name) => !name.startsWith('.'),
    );
    expect(packages).toEqual(['chatops']);
  });

  it('carries the licences of what is bundled', async () => {
    const notices = await readFile(
      path.join(folder, 'node_modules/chatops/dist/THIRD_PARTY_NOTICES.txt'),
      'utf8',
    );
    for (const name of ['commander', 'ink', 'zod', 'ws', 'ioredis', '@aws-sdk/client-ecs'])
      expect(notices).toContain(`\n${name} `);
  });

  it('has the schema that editors complete the config file by', async () => {
    const schema = await readFile(path.join(folder, 'node_modules/chatops/dist/config.schema.json'), 'utf8');
    expect(JSON.parse(schema)).toMatchObject({ properties: { service: { type: 'object' } } });
  });

  it('puts the chat up with no config file, and takes it down', async () => {
    const up = await run('npx', ['chatops', 'up'], { cwd: folder });
    expect(up.stderr).toContain('using the defaults');
    const page = await fetch(up.stdout.trim());
    expect(page.status).toBe(200);
    const down = await run('npx', ['chatops', 'down', '--yes'], { cwd: folder });
    expect(down.stdout).toMatch(/^removed: /);
  });
});
