import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadResult } from '../../src/load/result.ts';
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
  const load = project.start('loadtest', ...size, ...time, '--json');
  await expect.poll(() => fetch(up.stdout.trim()).then(({ ok }) => ok)).toBe(true);
  const deployed = await project.run('deploy', '--build', '--image', 'v2');
  expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
  expect(deployed.stdout).toMatch(/^deployed v2: serving after [\d.]+s, drained after [\d.]+s/);
  expect(deployed.stderr).toContain('blue/green: CLEAN_UP');

  const tested = await load.done;
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
  const result = JSON.parse(tested.stdout.trim().split('\n').at(-1)!) as LoadResult;
  expect(result.messages).toMatchObject({ lost: { total: 0 }, duplicate: 0, outOfOrder: 0 });
  // Every client was on an old task.
  expect(result.connections.resumed).toBeGreaterThanOrEqual(40);

  const planned = await project.run('plan', '--exit-code');
  expect(planned, planned.stdout + planned.stderr).toMatchObject({ code: 0 });
  expect(await project.run('down', '--yes')).toMatchObject({ code: 0 });
}, 180_000);
