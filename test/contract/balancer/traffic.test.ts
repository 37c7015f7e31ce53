import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

test('counts open connections on both sides, and every request', async () => {
  await rig.register(await rig.target('a'));
  const sockets = await Promise.all([rig.socket(), rig.socket(), rig.socket()]);
  const traffic = () => rig.balancer.traffic!(rig.listener.arn);
  await expect.poll(traffic, { timeout: 10_000 }).toMatchObject({ connections: 6, requests: 3 });
  for (const { socket } of sockets) socket.close();
  await expect.poll(traffic, { timeout: 10_000 }).toMatchObject({ connections: 0, requests: 3 });
});
