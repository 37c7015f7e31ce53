import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('a target without connections is drained at once', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  await rig.register(a, b);
  await rig.drain(a);
  expect(rig.health(a)).toBeUndefined();
  expect(rig.health(b)).toEqual({ state: 'healthy' });
  for (let n = 0; n < 3; n += 1) expect((await rig.get()).body).toBe('b');
});

test('open WebSockets go on while draining, new ones go elsewhere, and the last one to close ends it', async () => {
  const [a, b] = [await rig.target('a'), await rig.target('b')];
  await rig.register(a);
  const [one, two] = [await rig.socket(), await rig.socket()];
  await rig.register(a, b);
  await rig.drain(a);
  expect(rig.health(a)).toEqual({
    state: 'draining',
    reason: 'Target.DeregistrationInProgress',
    description: 'Target deregistration is in progress',
  });
  for (let n = 0; n < 3; n += 1) expect((await rig.socket()).name).toBe('b');
  one.socket.send('still here');
  expect(String((await once(one.socket, 'message'))[0])).toBe('still here');
  one.socket.close();
  await once(one.socket, 'close');
  two.socket.send('me too');
  expect(String((await once(two.socket, 'message'))[0])).toBe('me too');
  expect(rig.health(a)?.state).toBe('draining');
  two.socket.close();
  await rig.until(a, (health) => health === undefined);
});

test('what is still open after the deregistration delay is cut', async () => {
  const a = await rig.target('a');
  await rig.set({ group: { deregistrationDelaySeconds: 0.3 } });
  await rig.register(a);
  const { socket } = await rig.socket();
  const started = performance.now();
  const closed = once(socket, 'close');
  await rig.drain(a);
  const [code] = await closed;
  expect(code).toBe(1006);
  expect(performance.now() - started).toBeGreaterThan(290);
  await rig.until(a, (health) => health === undefined);
});

test('a request under way is finished by the target that drains', async () => {
  let held: ServerResponse | undefined;
  const a = await rig.target('a', (_request, response) => (held = response));
  await rig.register(a);
  const answer = rig.get();
  await expect.poll(() => held).toBeDefined();
  await rig.drain(a);
  expect(rig.health(a)?.state).toBe('draining');
  held!.end('done');
  expect((await answer).body).toBe('done');
  await rig.until(a, (health) => health === undefined);
});

test('a draining target that is registered again is a new one', async () => {
  const a = await rig.target('a');
  await rig.register(a);
  const { socket } = await rig.socket();
  await rig.drain(a);
  expect((await rig.get()).status).toBe(503);
  await rig.register(a);
  expect((await rig.get()).body).toBe('a');
  socket.send('kept');
  expect(String((await once(socket, 'message'))[0])).toBe('kept');
});

test('a changed listener or group leaves open connections alone', async () => {
  const a = await rig.target('a');
  await rig.register(a);
  const { socket } = await rig.socket();
  await rig.set({ group: { algorithm: 'least_outstanding_requests' }, listener: { idleTimeoutSeconds: 20 } });
  await rig.register(a, await rig.target('b'));
  socket.send('kept');
  expect(String((await once(socket, 'message'))[0])).toBe('kept');
});
