import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject } from '../helpers/cli.ts';
import type { Project } from '../helpers/cli.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.close());

it('a blue/green deployment of the chat under load loses nothing, and `down` leaves nothing', async () => {
  await project.configure({
    loadBalancer: { deregistrationDelay: 20, healthCheck: { interval: 5, timeout: 2 } },
    service: { strategy: 'blue-green' },
  });
  const up = await project.run('up');
  expect(up, up.stderr).toMatchObject({ code: 0 });

  const size = ['--clients', '40', '--room-size', '10', '--rate', '40'];
  const time = ['--ramp-up', '1s', '--duration', '35s'];
  const load = project.start('loadtest', ...size, ...time);
  await expect.poll(load.output, { timeout: 30_000 }).toContain('40 of 40 open');
  const deployed = await project.run('deploy', '--build', '--image', 'v2');
  expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
  expect(deployed.stdout).toMatch(/^deployed v2: serving after [\d.]+s, drained after [\d.]+s/);
  expect(deployed.stderr).toContain('blue/green: CLEAN_UP');

  const tested = await load.done;
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
  expect(tested.stdout).toMatch(/^passed: 0 lost, 0 duplicate, 0 out of order/);
  // Every client was on an old task.
  const [, resumed] = /(\d+) resume/.exec(tested.stdout)!;
  expect(Number(resumed)).toBeGreaterThanOrEqual(40);

  const planned = await project.run('plan', '--exit-code');
  expect(planned, planned.stdout + planned.stderr).toMatchObject({ code: 0 });
  expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
}, 180_000);
