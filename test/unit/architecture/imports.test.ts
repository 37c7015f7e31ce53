import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What each part may import besides itself; docs/architecture.md draws the same arrows. */
const allowed: Record<string, string[]> = {
  cli: ['commands', 'lib'],
  commands: [
    'cli',
    'stack',
    'rollout',
    'image',
    'read-model',
    'dashboard',
    'load',
    'cost',
    'policy',
    'doctor',
    'export',
    'output',
    'config',
    'resources',
    'engine',
    'aws',
    'lib',
  ],
  stack: ['resources', 'engine', 'aws', 'image', 'config', 'lib'],
  rollout: ['resources', 'engine', 'aws', 'config', 'lib'],
  'read-model': ['aws', 'config', 'lib'],
  dashboard: ['read-model', 'lib'],
  load: ['lib'],
  cost: ['lib'],
  policy: ['config'],
  doctor: ['policy', 'config', 'aws', 'lib'],
  export: ['resources', 'engine', 'aws', 'lib'],
  output: ['engine', 'rollout', 'read-model', 'lib'],
  config: ['lib'],
  image: ['aws', 'lib'],
  resources: ['engine', 'aws', 'image', 'lib'],
  engine: ['lib'],
  aws: ['engine', 'lib'],
  lib: [],
  'local-cloud': [],
};

/** Arrows that point sideways, each with its reason: only types cross them. */
const typesOnly = new Set(['commands → cli', 'output → engine', 'output → rollout', 'output → read-model']);

interface Import {
  file: string;
  from: string;
  to: string;
  isType: boolean;
}

it('imports point down only', async () => {
  const wrong = (await importsOf('src')).filter(({ from, to, isType }) => {
    if (from === to) return false;
    if (typesOnly.has(`${from} → ${to}`)) return !isType;
    return !(allowed[from] ?? []).includes(to);
  });
  expect(wrong).toEqual([]);
});

it('finds imports at all', async () => {
  const imports = await importsOf('src');
  expect(imports.some(({ from, to }) => from === 'commands' && to === 'engine')).toBe(true);
});

it('the chat server imports nothing of the tool', async () => {
  const files = await sourcesIn(path.join(root, 'chat-server/src'));
  for (const file of files) {
    for (const target of relativeImports(await readFile(file, 'utf8'))) {
      const resolved = path.resolve(path.dirname(file), target.specifier);
      expect(resolved.startsWith(path.join(root, 'chat-server')), `${file} imports ${target.specifier}`).toBe(
        true,
      );
    }
  }
});

it('only the host, and programs of their own, touch process', async () => {
  const permitted = new Set([
    'src/cli/host.ts',
    'src/load/worker-main.ts',
    'src/local-cloud/main.ts',
    'src/local-cloud/runtime/balancer/main.ts',
    'src/local-cloud/runtime/reaper-main.ts',
    'src/local-cloud/runtime/preload.ts',
    'src/local-cloud/runtime/stand-in-redis/main.ts',
    'chat-server/src/main.ts',
  ]);
  const touching: string[] = [];
  for (const file of [
    ...(await sourcesIn(path.join(root, 'src'))),
    ...(await sourcesIn(path.join(root, 'chat-server/src'))),
  ]) {
    const text = await readFile(file, 'utf8');
    const isPermitted = permitted.has(path.relative(root, file));
    if (
      !isPermitted &&
      /\bprocess\.(env|argv|exit|on|stdout|stderr|stdin|cwd|pid)\b/.test(withoutComments(text))
    ) {
      touching.push(path.relative(root, file));
    }
  }
  expect(touching).toEqual([]);
});

async function importsOf(folder: string): Promise<Import[]> {
  const imports: Import[] = [];
  for (const file of await sourcesIn(path.join(root, folder))) {
    const from = partOf(file);
    for (const { specifier, isType } of relativeImports(await readFile(file, 'utf8'))) {
      const to = partOf(path.resolve(path.dirname(file), specifier));
      imports.push({ file: path.relative(root, file), from, to, isType });
    }
  }
  return imports;
}

function relativeImports(text: string): { specifier: string; isType: boolean }[] {
  const found: { specifier: string; isType: boolean }[] = [];
  for (const [, type, specifier] of text.matchAll(
    /(?:^|\n)(?:import|export)(\s+type)?[^;'"]*?from\s+'(\.[^']+)'/g,
  )) {
    found.push({ specifier: specifier!, isType: type !== undefined });
  }
  for (const [, specifier] of text.matchAll(/import\(\s*'(\.[^']+)'\s*\)/g)) {
    found.push({ specifier: specifier!, isType: false });
  }
  return found;
}

function partOf(file: string): string {
  return path.relative(path.join(root, 'src'), file).split(path.sep)[0]!;
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
