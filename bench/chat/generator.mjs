// The load generator of `chatops loadtest`, bundled from its sources and pointed at two nodes at once.
import dns from 'node:dns/promises';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');

/** Bundles generator and chat server; `server` is the program, `run` puts a load on nodes. */
export async function prepare() {
  const folder = await mkdtemp(path.join(tmpdir(), 'chatops-bench-'));
  await build({
    absWorkingDir: root,
    entryPoints: {
      coordinator: 'src/load/coordinator.ts',
      worker: 'src/load/worker-main.ts',
      server: 'chat-server/src/main.ts',
    },
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
  const { runLoad } = await import(path.join(folder, 'coordinator.mjs'));
  return {
    server: path.join(folder, 'server.mjs'),
    run: (nodes, scenario) => run(runLoad, path.join(folder, 'worker.mjs'), nodes, scenario),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a load cost while it was sent: CPU-seconds per 100k deliveries of the nodes and of Redis; joining is left out. */
async function run(runLoad, program, nodes, scenario) {
  // The generator takes turns among the addresses of a name, and no name of this machine has two.
  const { lookup } = dns;
  dns.lookup = async () => nodes.hosts.map((address) => ({ address, family: 4 }));
  syncBuiltinESMExports();
  const marks = [];
  try {
    const result = await runLoad({
      target: { tls: false, host: 'nodes.test', hostname: 'nodes.test', port: nodes.port, path: '/ws' },
      roomSize: 50,
      workers: 1,
      ...scenario,
      program,
      signal: new AbortController().signal,
      onProgress: ({ stage, delivered }) => {
        if (stage === 'sending' && delivered > 0) marks.push({ ...nodes.cpu(), delivered });
      },
    });
    const [first, last] = [marks[0], marks.at(-1)];
    const per = (what) => ((last[what] - first[what]) / (last.delivered - first.delivered)) * 100_000;
    return { nodes: per('nodes'), redis: per('redis'), result };
  } finally {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  }
}
