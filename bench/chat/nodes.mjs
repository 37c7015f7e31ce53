// Two nodes of a server and the Redis between them, as processes of their own whose CPU time can be read.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const ticks = Number(execFileSync('getconf', ['CLK_TCK']));
const redisServer = 'redis-server';
const hosts = ['127.0.0.1', '127.0.0.2'];

/** Starts Redis and, on one port of two loopback addresses, two nodes of a program; `nodeArgs` are for Node itself. */
export async function startNodes([program, ...args], nodeArgs = []) {
  const redisPort = await freePort();
  const redis = spawn(redisServer, ['--port', redisPort, '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  });
  await answering('127.0.0.1', redisPort);
  const port = await freePort();
  const nodes = hosts.map((host) =>
    spawn(process.execPath, [...nodeArgs, program, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: host,
        PORT: port,
        REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        RATE_LIMIT: 10_000,
        RATE_BURST: 10_000,
      },
    }),
  );
  await Promise.all(hosts.map((host) => answering(host, port)));
  return {
    hosts,
    port,
    /** CPU-seconds so far of both nodes together, and of Redis. */
    cpu: () => ({ nodes: cpuOf(nodes[0]) + cpuOf(nodes[1]), redis: cpuOf(redis) }),
    cpuOfNode: (node) => cpuOf(nodes[node]),
    signal: (node, signal) => void nodes[node].kill(signal),
    /** What a node holds after its garbage is collected, in bytes: used (heap and buffers) and rss. Wants memory-probe.mjs in it. */
    async memory(node) {
      nodes[node].send('memory');
      return (await once(nodes[node], 'message'))[0];
    },
    async stop(signal = 'SIGKILL') {
      await Promise.all(nodes.map((child) => ended(child, signal)));
      await ended(redis, 'SIGKILL');
    },
  };
}

function cpuOf({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

async function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(host, port) {
  for (;;) {
    const socket = connect(port, host);
    const open = await new Promise((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
