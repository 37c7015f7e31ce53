import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject();
  await mkdir(path.join(project.folder, 'service'));
  await project.configure({
    loadBalancer: { healthCheck: { path: '/', interval: 5, timeout: 2 }, deregistrationDelay: 0 },
    service: { build: './service', count: 1, healthCheckGracePeriod: 0, stopTimeout: 2 },
  });
});
afterAll(() => project.close());

const serve = (code: string) => writeFile(path.join(project.folder, 'service/server.js'), code);

it(
  'up takes the image anew until one has worked, and keeps it from then on',
  { timeout: 120_000 },
  async () => {
    await serve('process.exit(3);');
    const failed = await project.run('up');
    expect(failed.code).toBe(5);
    expect(failed.stderr).toMatch(/error: service chat-\w+: the deployment failed: .*exit code 3/);

    await serve("require('node:http').createServer((_, answer) => answer.end('one')).listen(3000);");
    const up = await project.run('up');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const endpoint = up.stdout.trim();
    expect(await (await fetch(endpoint)).text()).toBe('one');

    await serve("require('node:http').createServer((_, answer) => answer.end('two')).listen(3000);");
    expect(await project.run('up')).toMatchObject({ code: 0 });
    expect(await (await fetch(endpoint)).text()).toBe('one');
  },
);
