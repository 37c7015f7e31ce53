// Bundles the chat server and the load process from their sources, and talks with the latter.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');

/** `server` is the chat server's program; `connect` starts a load process, made from `load`, whose clients join rooms on some nodes. */
export async function prepare(load = 'bench/chat/load.mjs') {
  const folder = await mkdtemp(path.join(tmpdir(), 'chatops-bench-'));
  await build({
    absWorkingDir: root,
    entryPoints: { load, server: 'chat-server/src/main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    minifySyntax: true,
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  await cp(path.join(root, 'chat-server/web'), path.join(folder, 'web'), { recursive: true });
  return {
    server: path.join(folder, 'server.mjs'),
    connect: (options) => connect(path.join(folder, 'load.mjs'), options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Resolves when all clients are in their rooms. `options`: hosts, port, dialect, count, roomSize. */
async function connect(program, options) {
  const child = fork(program, { execArgv: [] });
  const gone = once(child, 'exit');
  const ask = async (question) => {
    child.send(question);
    const answer = await Promise.race([once(child, 'message'), gone.then(() => undefined)]);
    if (!answer) throw new Error('the load process has ended');
    return answer[0];
  };
  await ask({ type: 'open', ...options });
  return {
    ask,
    /** `load`: rate per second, burst, durationMs → delivered, expected, p50, p99 (ms), cpu (seconds of the load process). */
    send: (load) => ask({ type: 'send', ...load }),
    async end() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
