import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, idOf, registered, startRig, type Rig, type TestTarget } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

/** Every state that a target goes through from now on, without repetitions. */
function statesOf(target: TestTarget): string[] {
  const seen: string[] = [];
  rig.balancer.onChange(() => {
    const state = rig.health(target)?.state ?? 'gone';
    if (seen.at(-1) !== state) seen.push(state);
  });
  return seen;
}

test('the first success makes a new target healthy; then the thresholds count, and traffic follows', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  const seen = statesOf(a);
  await rig.register(a, b);
  a.health = 503;
  expect(await rig.until(a, (health) => health?.state === 'unhealthy')).toEqual({
    state: 'unhealthy',
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [503]',
  });
  for (let n = 0; n < 4; n += 1) expect((await rig.get()).body).toBe('b');
  a.health = 200;
  await rig.until(a, (health) => health?.state === 'healthy');
  expect(seen).toEqual(['initial', 'healthy', 'unhealthy', 'healthy']);
});

test('a check is a GET of the path by ELB-HealthChecker with the address as Host', async () => {
  const target = await rig.target('a');
  await rig.set({
    group: { healthCheck: { ...rig.group.healthCheck, path: '/up?deep=1', matcher: '201,204-206' } },
  });
  target.server.removeAllListeners('request');
  const checks: string[] = [];
  target.server.on('request', (request, response) => {
    checks.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
    response.writeHead(205).end();
  });
  await rig.register(target);
  expect(checks[0]).toBe(`GET /up?deep=1 ${idOf(target)} ELB-HealthChecker/2.0`);
});

test('a check without an answer times out, a refused one fails', async () => {
  const silent = await rig.target('silent');
  silent.server.removeAllListeners('request');
  await rig.set({
    group: {
      healthCheck: { ...rig.group.healthCheck, timeoutSeconds: 0.05 },
      targets: [
        registered(silent),
        { id: 'closed', host: '127.0.0.1', port: await freePort(), draining: false },
      ],
    },
  });
  expect(await rig.until(silent, (health) => health?.state === 'unhealthy')).toMatchObject({
    reason: 'Target.Timeout',
    description: 'Request timed out',
  });
  await expect
    .poll(() => rig.balancer.health(rig.group.arn, 'closed'))
    .toEqual({
      state: 'unhealthy',
      reason: 'Target.FailedHealthChecks',
      description: 'Health checks failed',
    });
});

test('when every target is unhealthy, all of them get traffic (fail open)', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  await rig.register(a, b);
  a.health = 500;
  b.health = 500;
  await Promise.all([a, b].map((each) => rig.until(each, (health) => health?.state === 'unhealthy')));
  const names = [];
  for (let n = 0; n < 4; n += 1) names.push((await rig.get()).body);
  expect(names.toSorted()).toEqual(['a', 'a', 'b', 'b']);
});

test('a new target is found soon after it opens its port, not an interval later', async () => {
  await rig.set({ group: { healthCheck: { ...rig.group.healthCheck, intervalSeconds: 60 } } });
  const late = await rig.target('late');
  await late.close();
  await rig.set({ group: { targets: [registered(late)] } });
  expect(rig.health(late)?.state).toBe('initial');
  late.server.listen(late.port, '127.0.0.1');
  const healthy = rig.until(late, (health) => health?.state === 'healthy');
  await expect(healthy).resolves.toEqual({ state: 'healthy' });
});

test('targets of a group without a listener are unused and not checked', async () => {
  const target = await rig.target('a');
  let checks = 0;
  target.server.on('request', () => (checks += 1));
  const group = { ...rig.group, targets: [registered(target)] };
  await rig.balancer.configure([], [group]);
  expect(rig.health(target)).toEqual({
    state: 'unused',
    reason: 'Target.NotInUse',
    description: 'Target group is not configured to receive traffic from the load balancer',
  });
  expect(checks).toBe(0);
  await rig.balancer.configure([rig.listener], [group]);
  await rig.until(target, (health) => health?.state === 'healthy');
  expect(checks).toBeGreaterThan(0);
});
