import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

/** The process's resident memory in MB. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${rig.balancer.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** A WebSocket as bare bytes, after its 101, not reading. */
async function bareSocket(): Promise<Socket> {
  const socket = connect(rig.port, '127.0.0.1');
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [head] = await once(socket, 'data');
  expect(String(head)).toContain('101 Switching Protocols');
  socket.pause();
  return socket;
}

test('messages of every size and kind pass both ways, in order', async () => {
  await rig.register(await rig.target('a'));
  const { socket } = await rig.socket();
  const sent = [
    Buffer.from('x'),
    randomBytes(125),
    randomBytes(70_000),
    randomBytes(2_000_000),
    Buffer.from('end'),
  ];
  const received: Buffer[] = [];
  socket.on('message', (data) => received.push(data as Buffer));
  for (const message of sent) socket.send(message);
  await expect.poll(() => received.length).toBe(sent.length);
  expect(received.map((message, at) => message.equals(sent[at]!))).toEqual(sent.map(() => true));
  socket.close(4001, 'bye');
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4001, 'bye']);
});

test('the target sees the close code of the client, and the client that of the target', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const [one, two] = [await rig.socket(), await rig.socket()];
  const [first, second] = [...target.sockets.clients];
  const closed = once(first!, 'close');
  one.socket.close(4002);
  expect((await closed)[0]).toBe(4002);
  second!.close(1012, 'restart');
  expect((await once(two.socket, 'close'))[0]).toBe(1012);
});

test('when the target dies, its clients are told at once', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const { socket } = await rig.socket();
  for (const client of target.sockets.clients) client.terminate();
  expect((await once(socket, 'close'))[0]).toBe(1006);
});

test('a WebSocket without a byte is closed after the idle timeout, on both sides; one with traffic is not', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  await rig.set({ listener: { idleTimeoutSeconds: 0.4 } });
  const [idle, busy] = [await rig.socket(), await rig.socket()];
  const ping = setInterval(() => busy.socket.ping(), 50);
  const started = performance.now();
  expect((await once(idle.socket, 'close'))[0]).toBe(1006);
  expect(performance.now() - started).toBeGreaterThan(350);
  await expect.poll(() => target.sockets.clients.size).toBe(1);
  expect(busy.socket.readyState).toBe(busy.socket.OPEN);
  clearInterval(ping);
  await once(busy.socket, 'close');
});

test('a changed idle timeout holds for connections that are open already, WebSocket or keep-alive', async () => {
  await rig.register(await rig.target('a'));
  const { socket } = await rig.socket();
  const spare = connect(rig.port, '127.0.0.1');
  spare.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(spare, 'data');
  const closed = Promise.all([once(socket, 'close'), once(spare.resume(), 'close')]);
  await rig.set({ listener: { idleTimeoutSeconds: 0.1 } });
  await closed;
});

test('a client that does not read makes the target wait, and memory does not grow', async () => {
  const target = await rig.target('a');
  await rig.register(target);
  const slow = await bareSocket();
  const [atTarget] = [...target.sockets.clients];
  const before = await memory();
  const chunk = randomBytes(1_000_000);
  for (let n = 0; n < 200; n += 1) atTarget!.send(chunk);
  let last = -1;
  // The target's own buffer stops shrinking once every buffer on the way is full.
  await expect
    .poll(
      () => {
        const stuck = atTarget!.bufferedAmount === last;
        last = atTarget!.bufferedAmount;
        return stuck;
      },
      { interval: 200 },
    )
    .toBe(true);
  expect(atTarget!.bufferedAmount).toBeGreaterThan(150_000_000);
  expect((await memory()) - before).toBeLessThan(40);
  let received = 0;
  slow.on('data', (data) => (received += data.length)).resume();
  await expect.poll(() => received, { timeout: 15_000 }).toBeGreaterThan(200_000_000);
  slow.destroy();
});

test('close ends the process and resolves when it is gone', async () => {
  await rig.register(await rig.target('a'));
  const { socket } = await rig.socket();
  const closed = once(socket, 'close');
  const pid = rig.balancer.pid!;
  await rig.balancer.close();
  await closed;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a daemon killed with SIGKILL takes the process and its ports with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatops-balancer-'));
  const source = join(folder, 'daemon.ts');
  await writeFile(
    source,
    `import { startBalancer } from ${JSON.stringify(join(import.meta.dirname, '../../../src/local-cloud/runtime/balancer.ts'))};
     const [entry, listener] = process.argv.slice(2);
     const balancer = startBalancer({ entry });
     await balancer.configure([JSON.parse(listener)], []);
     console.log(balancer.pid);
     setInterval(() => {}, 1e6);`,
  );
  const bundled = join(folder, 'daemon.mjs');
  await build({ entryPoints: [source], outfile: bundled, bundle: true, platform: 'node', format: 'esm' });
  const daemon = spawn(process.execPath, [bundled, rig.entry, JSON.stringify(rig.listener)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(String((await once(daemon.stdout, 'data'))[0]));
  expect((await rig.get()).status).toBe(503);
  daemon.kill('SIGKILL');
  await expect.poll(() => rig.get().catch((error: NodeJS.ErrnoException) => error.code)).toBe('ECONNREFUSED');
  // A zombie has ended; who collects it, and when, is up to the machine.
  await expect
    .poll(() =>
      readFile(`/proc/${pid}/stat`, 'utf8').then(
        (stat) => stat.includes(') Z '),
        () => true,
      ),
    )
    .toBe(true);
});
