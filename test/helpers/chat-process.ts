import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { until } from './chat-node.ts';

/** Nodes of the chat as processes of their own, all on one port, each on a loopback address of its own. */
export interface ChatProcesses {
  hosts: string[];
  port: number;
  signal(node: number, signal: NodeJS.Signals): void;
  /** SIGKILL, and another one in its place. */
  replace(node: number): Promise<void>;
  /** SIGTERM, and another one in its place when it has drained. */
  deploy(node: number): Promise<void>;
  stop(): Promise<void>;
}

const source = fileURLToPath(new URL('../../chat-server/', import.meta.url));

/** Bundles the server and starts nodes that are ready. */
export async function startChatProcesses(
  count: number,
  redisUrl: string,
  env: Record<string, string> = {},
): Promise<ChatProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-nodes-'));
  const program = join(folder, 'server.mjs');
  await build({
    entryPoints: [join(source, 'src/main.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  await cp(join(source, 'web'), join(folder, 'web'), { recursive: true });
  const port = await freePort();
  const hosts = Array.from({ length: count }, (_, node) => `127.0.0.${node + 1}`);
  const nodes: ChildProcess[] = [];

  const start = async (node: number) => {
    const host = hosts[node]!;
    const child = spawn(process.execPath, [program], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], HOST: host, PORT: String(port), REDIS_URL: redisUrl, ...env },
    });
    nodes[node] = child;
    // A test that fails before it stops them must not leave them behind.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await until(() =>
      fetch(`http://${host}:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  };
  const end = async (node: number, signal: NodeJS.Signals) => {
    const child = nodes[node]!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  await Promise.all(hosts.map((_, node) => start(node)));
  return {
    hosts,
    port,
    signal: (node, signal) => void nodes[node]!.kill(signal),
    async replace(node) {
      await end(node, 'SIGKILL');
      await start(node);
    },
    async deploy(node) {
      await end(node, 'SIGTERM');
      await start(node);
    },
    async stop() {
      await Promise.all(hosts.map((_, node) => end(node, 'SIGKILL')));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port of the loopback that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
