import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identify, namesOf } from '../../src/config/names.ts';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

/** While the file `BURN` is there, takes 80 % of a quarter of a vCPU, however busy the machine is. */
const server = `
const { existsSync } = require('node:fs');
require('node:http').createServer((_, answer) => answer.end('here')).listen(3000);
setInterval(() => {
  if (!existsSync(process.env.BURN)) return;
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user + process.cpuUsage(before).system < 20_000);
}, 100);
process.on('SIGTERM', () => process.exit(0));
`;

let project: Project;
let burn: string;
beforeAll(async () => {
  project = await createProject();
  burn = path.join(project.folder, 'burn');
  await mkdir(path.join(project.folder, 'service'));
  await writeFile(path.join(project.folder, 'service/server.js'), server);
  await project.configure({
    redis: { mode: 'off' },
    loadBalancer: { healthCheck: { path: '/', interval: 5, timeout: 2 }, deregistrationDelay: 0 },
    service: {
      build: './service',
      count: 1,
      healthCheckGracePeriod: 0,
      stopTimeout: 2,
      env: { BURN: burn },
      autoscaling: { min: 1, max: 2, cpu: 40 },
    },
  });
});
afterAll(() => project.close());

const { cluster, service } = namesOf(identify('chat', 'default', 'local'));

it(
  'a service that burns CPU gets a second task and loses it again; up and deploy have nothing against it',
  { timeout: 120_000 },
  async () => {
    // A minute of the scaler's takes 0.6 s.
    const started = await project.run('local', 'start', '--latency', 'aws/100');
    expect(started, started.stderr).toMatchObject({ code: 0 });
    const first = await project.run('up');
    expect(first, first.stderr).toMatchObject({ code: 0 });
    const { endpoint, accessKeyId, secretAccessKey } = await project.daemon();
    const ecs = new ECSClient({ endpoint, region: 'local', credentials: { accessKeyId, secretAccessKey } });
    const describe = async () => {
      const answer = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      return answer.services![0]!;
    };
    const tasks = async () => {
      const { desiredCount, runningCount, deployments } = await describe();
      return { desiredCount, runningCount, deployments: deployments!.length };
    };
    const become = (count: number) =>
      expect
        .poll(tasks, { timeout: 30_000, interval: 100 })
        .toEqual({ desiredCount: count, runningCount: count, deployments: 1 });

    await writeFile(burn, '');
    await become(2);
    const kept = await project.run('up');
    expect(kept, kept.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('no changes') });
    await writeFile(path.join(project.folder, 'service/server.js'), `${server}// another version`);
    const deployed = await project.run('deploy', '--build');
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(await tasks()).toMatchObject({ desiredCount: 2 });

    await rm(burn);
    await become(1);
    const { stdout } = await project.run('status', '--once');
    expect(stdout).toMatch(
      /^scaling +1–2 tasks, cpu at 40%; .*: Setting desired count to 1 \(monitor alarm TargetTracking-service\/.*-AlarmLow-.* triggered policy cpu\)$/m,
    );
    expect((await describe()).events!.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Message: Successfully set desired count to 2\. Change successfully fulfilled by ecs\. Cause: .* triggered policy cpu$/,
      ),
    );
    expect(await project.run('plan', '--exit-code')).toMatchObject({ code: 0 });
    expect(await project.run('up')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no changes'),
    });

    const down = await project.run('down', '--yes');
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect(await project.run('ls')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('chat/') });
    ecs.destroy();
  },
);
