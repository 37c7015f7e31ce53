import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cookieJar, startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('round robin gives every target the same number of requests', async () => {
  await rig.register(await rig.target('a'), await rig.target('b'), await rig.target('c'));
  const names: string[] = [];
  for (let n = 0; n < 12; n += 1) names.push((await rig.get()).body);
  expect(names.toSorted().join('')).toBe('aaaabbbbcccc');
  expect(names.slice(0, 3).toSorted()).toEqual(['a', 'b', 'c']);
});

test('a target group without weight gets no request, and has its targets checked all the same', async () => {
  await rig.register(await rig.target('a'));
  const { arn } = rig.group;
  const shift = (weight: number) =>
    rig.set({ listener: { action: { type: 'forward', targetGroups: [{ arn, weight }] } } });
  await shift(0);
  expect((await rig.get()).status).toBe(503);
  await shift(100);
  expect((await rig.get()).body).toBe('a');
});

test('least outstanding requests counts open WebSockets: the emptier target gets the next ones', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  await rig.set({ group: { algorithm: 'least_outstanding_requests' } });
  await rig.register(a);
  const first = await Promise.all([rig.socket(), rig.socket(), rig.socket()]);
  expect(first.map(({ name }) => name)).toEqual(['a', 'a', 'a']);
  await rig.register(a, b);
  const next: string[] = [];
  for (let n = 0; n < 3; n += 1) next.push((await rig.socket()).name);
  expect(next).toEqual(['b', 'b', 'b']);
  // Even now: one more on each.
  const even = [(await rig.socket()).name, (await rig.socket()).name];
  expect(even.toSorted()).toEqual(['a', 'b']);
  // Connections that are gone no longer count.
  for (const { socket } of first) {
    socket.close();
    await once(socket, 'close');
  }
  await expect.poll(() => a.sockets.clients.size).toBe(1);
  expect((await rig.socket()).name).toBe('a');
});

test('a browser keeps its target by AWSALB or by AWSALBCORS, renewed on each answer', async () => {
  await rig.register(await rig.target('a'), await rig.target('b'));
  await rig.set({ group: { stickiness: { enabled: true, seconds: 3600 } } });
  const first = await rig.get();
  const [own, cors] = first.headers['set-cookie'] ?? [];
  expect(own).toMatch(/^AWSALB=[\w-]{60,}; Expires=\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT; Path=\/$/);
  expect(cors).toMatch(/^AWSALBCORS=[\w-]{60,}; Expires=[^;]+ GMT; Path=\/; SameSite=None$/);
  const expires = Date.parse(/Expires=([^;]+)/.exec(own!)![1]!);
  expect(Math.abs(expires - Date.now() - 3_600_000)).toBeLessThan(5_000);

  let jar = cookieJar(first.headers);
  for (let n = 0; n < 6; n += 1) {
    const again = await rig.get('/', { cookie: jar });
    expect(again.body).toBe(first.body);
    expect(cookieJar(again.headers)).not.toBe(jar);
    jar = cookieJar(again.headers);
  }
  const corsOnly = jar.split('; ')[1]!;
  for (let n = 0; n < 4; n += 1) expect((await rig.get('/', { cookie: corsOnly })).body).toBe(first.body);
  // Somebody else's cookie binds to nothing.
  const names = [];
  for (let n = 0; n < 4; n += 1) names.push((await rig.get('/', { cookie: 'AWSALB=forged' })).body);
  expect(new Set(names).size).toBe(2);
});

test('a WebSocket follows the cookie, and its 101 renews it', async () => {
  await rig.register(await rig.target('a'), await rig.target('b'));
  await rig.set({ group: { stickiness: { enabled: true, seconds: 60 } } });
  const page = await rig.get();
  for (let n = 0; n < 4; n += 1) {
    const { name, headers, socket } = await rig.socket(cookieJar(page.headers));
    expect(name).toBe(page.body);
    expect(headers['set-cookie']).toHaveLength(2);
    socket.close();
  }
});

test('a cookie of a target that is unhealthy, draining or gone leads to a healthy one and is replaced', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  await rig.set({ group: { stickiness: { enabled: true, seconds: 60 } } });
  await rig.register(a);
  const jar = cookieJar((await rig.get()).headers);
  await rig.register(a, b);
  expect((await rig.get('/', { cookie: jar })).body).toBe('a');

  a.health = 500;
  await rig.until(a, (health) => health?.state === 'unhealthy');
  const moved = await rig.get('/', { cookie: jar });
  expect(moved.body).toBe('b');
  const newJar = cookieJar(moved.headers);
  a.health = 200;
  await rig.until(a, (health) => health?.state === 'healthy');
  expect((await rig.get('/', { cookie: newJar })).body).toBe('b');

  await rig.drain(a);
  expect((await rig.get('/', { cookie: jar })).body).toBe('b');
  await rig.register(b);
  expect((await rig.get('/', { cookie: jar })).body).toBe('b');
});

test('a process that was killed comes back on the same port with the same targets, and old cookies still hold', async () => {
  await rig.register(await rig.target('a'), await rig.target('b'));
  await rig.set({ group: { stickiness: { enabled: true, seconds: 60 } } });
  const before = await rig.get();
  const jar = cookieJar(before.headers);
  const pid = rig.balancer.pid!;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => rig.balancer.pid !== pid && rig.balancer.pid !== undefined).toBe(true);
  await expect
    .poll(() => rig.get('/', { cookie: jar }).then(({ status, body }) => `${status} ${body}`, String))
    .toBe(`200 ${before.body}`);
  expect((await rig.socket(jar)).name).toBe(before.body);
});
