// Bundles everything that runs into dist/: the command line, the local cloud's programs and the chat server.
// Written into a fresh folder that takes dist's place when it is whole, so that no command ever sees half a build.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const inputs = ['src', 'chat-server/src', 'chat-server/web', 'scripts', 'package.json', 'package-lock.json'];

/** Hash of everything that the build reads; the stamp of a current dist/ equals it. */
export async function stampOf() {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  for (const input of inputs) await addTo(hash, input);
  return hash.digest('hex').slice(0, 16);
}

/** The stamp of the build in dist/, or undefined when there is none. */
export async function currentStamp() {
  try {
    return JSON.parse(await readFile(path.join(dist, 'build.json'), 'utf8')).stamp;
  } catch {
    return undefined;
  }
}

/** Builds dist/ anew. */
export async function build() {
  const { build: bundle } = await import('esbuild');
  const stamp = await stampOf();
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const fresh = path.join(root, `.dist-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });

  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // The ES modules of the packages, so that what is not used is left out.
    mainFields: ['module', 'main'],
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // CommonJS packages ask for Node's modules by require, which an ES module does not have.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    // ink asks for it only when DEV is true.
    external: ['react-devtools-core'],
  };
  const bundles = await Promise.all([
    bundle({
      ...shared,
      entryPoints: { cli: 'src/cli/main.ts' },
      plugins: [commanderAlone, schemasApart],
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      outdir: fresh,
    }),
    bundle({
      ...shared,
      entryPoints: {
        main: 'src/local-cloud/main.ts',
        balancer: 'src/local-cloud/runtime/balancer/main.ts',
        reaper: 'src/local-cloud/runtime/reaper-main.ts',
        preload: 'src/local-cloud/runtime/preload.ts',
        'stand-in-redis': 'src/local-cloud/runtime/stand-in-redis/main.ts',
      },
      plugins: [schemasAlone],
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      outdir: path.join(fresh, 'local-cloud'),
    }),
    bundle({
      ...shared,
      entryPoints: { worker: 'src/load/worker-main.ts' },
      outdir: path.join(fresh, 'load'),
    }),
    bundle({
      ...shared,
      entryPoints: { server: 'chat-server/src/main.ts' },
      outdir: path.join(fresh, 'chat-server'),
    }),
  ]);
  await cp(path.join(root, 'chat-server/web'), path.join(fresh, 'chat-server/web'), { recursive: true });
  // The bundle is loaded as ES modules wherever it is copied to.
  await writeFile(
    path.join(fresh, 'chat-server/package.json'),
    `${JSON.stringify({ name: 'chat-server', version, type: 'module' })}\n`,
  );
  await writeFile(
    path.join(fresh, 'THIRD_PARTY_NOTICES.txt'),
    await notices(bundles.map((result) => result.metafile)),
  );
  const { configJsonSchema } = await load('src/config/json-schema.ts');
  await writeFile(path.join(fresh, 'config.schema.json'), `${JSON.stringify(configJsonSchema())}\n`);
  await writeFile(path.join(fresh, 'build.json'), `${JSON.stringify({ version, stamp })}\n`);
  await replace(fresh);
}

/** commander can start subcommands as programs of their own; ours never are, and what it takes to start one is a tenth of the start-up time. */
const commanderAlone = {
  name: 'commander-alone',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes(`node_modules${path.sep}commander`)
        ? { path: 'none', namespace: 'empty' }
        : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {}' }));
  },
};

/** The SDK writes the keys of a schema as constants (`{ [_eN]: _xN }`), for which esbuild keeps schemas that nobody uses: of EC2's 800 kB nearly all. */
const schemasApart = {
  name: 'schemas-apart',
  setup(bundler) {
    bundler.onLoad(
      { filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ },
      async ({ path: file }) => {
        const text = await readFile(file, 'utf8');
        const constants = new Map([...text.matchAll(/^const (\w+) = (".*");$/gm)].map(([, ...pair]) => pair));
        return {
          contents: text.replace(/\[(\w+)\]:/g, (key, name) =>
            constants.has(name) ? `${constants.get(name)}:` : key,
          ),
        };
      },
    );
  },
};

/** The local cloud reads the SDK's schemas and sends nothing: the clients and commands around them stay out of it. */
const schemasAlone = {
  name: 'schemas-alone',
  setup(bundler) {
    bundler.onResolve({ filter: /^@aws-sdk\/client-[\w-]+$/ }, async ({ path: name, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const { path: index } = await bundler.resolve(name, { kind: 'import-statement', resolveDir });
      return { path: path.join(path.dirname(index), 'schemas/schemas_0.js') };
    });
  },
};

/** Imports a TypeScript module of the project, bundled in memory. */
export async function load(entry) {
  const { build: bundle } = await import('esbuild');
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Puts the fresh folder in dist's place. Whoever comes second, with the same result, gives way. */
async function replace(fresh) {
  const old = `${fresh}-old`;
  await rename(dist, old).catch(ignoring('ENOENT'));
  await rename(fresh, dist).catch(async (error) => {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    await rm(fresh, { recursive: true, force: true });
  });
  await rm(old, { recursive: true, force: true });
}

/** The licence texts of the packages that the bundles contain. */
async function notices(metafiles) {
  const packages = new Set();
  for (const input of metafiles.flatMap((metafile) => Object.keys(metafile.inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  const texts = [];
  for (const folder of [...packages].sort((a, b) => (a < b ? -1 : 1))) {
    const { name, version, license } = JSON.parse(
      await readFile(path.join(root, folder, 'package.json'), 'utf8'),
    );
    const file = (await readdir(path.join(root, folder))).find((entry) =>
      /^(licen[cs]e|copying)/i.test(entry),
    );
    const text = file ? await readFile(path.join(root, folder, file), 'utf8') : '';
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}

async function addTo(hash, relative) {
  const full = path.join(root, relative);
  const entries = await readdir(full, { withFileTypes: true }).catch(ignoring('ENOENT', 'ENOTDIR'));
  if (entries === undefined) {
    const content = await readFile(full).catch(ignoring('ENOENT'));
    if (content !== undefined) hash.update(`${relative}\0${content.length}\0`).update(content);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
    await addTo(hash, `${relative}/${entry.name}`);
}

function ignoring(...codes) {
  return (error) => {
    if (!codes.includes(error.code)) throw error;
    return undefined;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dist, { recursive: true });
  await build();
}
