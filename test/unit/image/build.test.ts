import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Header } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildImage } from '../../../src/image/build.ts';
import type { BuildOptions } from '../../../src/image/build.ts';
import { hasBaseLayer } from '../../../src/image/image.ts';
import type { BuiltImage } from '../../../src/image/image.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chatops-build-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function folderOf(name: string, files: Record<string, string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), content);
  }
  return join(root, name);
}

const build = (folder: string, more: Partial<BuildOptions> = {}) =>
  buildImage({
    folder,
    entrypoint: ['node', 'server.js'],
    workdir: '/app',
    env: { NODE_ENV: 'production', A: '1' },
    architecture: 'arm64',
    exposedPort: 3000,
    ...more,
  });

async function entriesOf(image: BuiltImage): Promise<(Header & { text: string })[]> {
  const entries: (Header & { text: string })[] = [];
  const tar = extract();
  tar.end(gunzipSync(image.layers[0]!.content));
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    entries.push({ ...entry.header, text: Buffer.concat(chunks).toString() });
  }
  return entries;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(await build(folder));
  return entries.filter(({ type }) => type !== 'directory').map(({ name }) => name.replace(/^app\//, ''));
}

test('the folder becomes one layer at the working directory', async () => {
  const folder = await folderOf('service', { 'server.js': 'listen()', 'web/index.html': '<p>hi</p>' });
  await chmod(join(folder, 'server.js'), 0o744);
  const image = await build(folder);
  const entries = await entriesOf(image);
  expect(entries.map(({ name, type, mode, uid, gid, text }) => [name, type, mode, uid, gid, text])).toEqual([
    ['app', 'directory', 0o755, 0, 0, ''],
    ['app/server.js', 'file', 0o755, 0, 0, 'listen()'],
    ['app/web', 'directory', 0o755, 0, 0, ''],
    ['app/web/index.html', 'file', 0o644, 0, 0, '<p>hi</p>'],
  ]);
  expect(entries.every(({ mtime }) => mtime.getTime() === 0)).toBe(true);
  expect(image.sizes).toEqual({ files: 2, content: 17, layers: image.layers[0]!.content.length });
});

test('the config says how it is run, and that there is no base', async () => {
  const image = await build(await folderOf('service', { 'server.js': '' }), { user: '1000:1000' });
  const config = JSON.parse(image.config.content.toString()) as Record<string, unknown>;
  expect(config).toMatchObject({
    architecture: 'arm64',
    os: 'linux',
    config: {
      User: '1000:1000',
      Entrypoint: ['node', 'server.js'],
      WorkingDir: '/app',
      Env: ['A=1', 'NODE_ENV=production'],
      ExposedPorts: { '3000/tcp': {} },
      Labels: { 'dev.chatops.base': 'none' },
    },
  });
  expect(hasBaseLayer(image)).toBe(false);
  const based = Buffer.from(JSON.stringify({ config: { Labels: { 'dev.chatops.base': 'node:20' } } }));
  expect(hasBaseLayer({ config: { ...image.config, content: based } })).toBe(true);

  const manifest = JSON.parse(image.manifest.toString()) as { config: object; layers: object[] };
  const { mediaType, digest, size } = image.layers[0]!;
  expect(manifest.layers).toEqual([{ mediaType, digest, size }]);
  expect(mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
});

test('the same content has the same digest and tag, whenever it was checked out, and the same tag on every machine', async () => {
  const files = { 'server.js': 'a', 'lib/b.js': 'b'.repeat(10_000), 'lib/Ü.js': 'c' };
  const one = await folderOf('one', files);
  const two = await folderOf('two', Object.fromEntries(Object.entries(files).toReversed()));
  await chmod(join(two, 'server.js'), 0o600);
  await utimes(join(two, 'lib/b.js'), 1, 1);
  await mkdir(join(two, 'empty'));
  const [first, second] = [await build(one), await build(two)];
  expect(second.digest).toBe(first.digest);
  expect(second.tag).toBe(first.tag);
  // Written down, so that a machine or a Node.js that gives another one fails this test.
  expect(first.tag).toBe('build-0c953790dbdabf71');

  await writeFile(join(two, 'server.js'), 'changed');
  const third = await build(two);
  expect(third.digest).not.toBe(first.digest);
  expect(third.tag).not.toBe(first.tag);
});

test('history, caches and what .dockerignore names stay out', async () => {
  const folder = await folderOf('service', {
    'server.js': '',
    '.git/HEAD': '',
    'node_modules/.cache/x': '',
    'node_modules/ws/index.js': '',
    'test/a.test.js': '',
    'test/keep.js': '',
    'src/deep/b.log': '',
    'notes.md': '',
    '.dockerignore': '# comment\n\ntest\n!test/keep.js\n**/*.log\n/notes.md\n',
  });
  expect(await namesIn(folder)).toEqual(['node_modules/ws/index.js', 'server.js', 'test/keep.js']);
});

test('links within the folder are kept, one that leaves it is an error', async () => {
  const folder = await folderOf('service', { 'bin/run.js': '' });
  await symlink('bin/run.js', join(folder, 'server.js'));
  const entries = await entriesOf(await build(folder));
  expect(entries.find(({ name }) => name === 'app/server.js')).toMatchObject({
    type: 'symlink',
    linkname: 'bin/run.js',
  });
  await symlink('../secret', join(folder, 'out'));
  await expect(build(folder)).rejects.toThrow(
    `${join(folder, 'out')} links to ../secret, which is outside of the folder`,
  );
});

test('a folder that is missing, a file or empty is named, with the field to set', async () => {
  const missing = join(root, 'nowhere');
  await expect(build(missing)).rejects.toMatchObject({
    message: `folder ${missing} does not exist`,
    exit: 3,
    hint: 'set service.build to the folder of a built service, or service.image to an image',
    fields: { path: missing, field: 'service.build' },
  });
  const folder = await folderOf('service', { file: '' });
  await expect(build(join(folder, 'file'))).rejects.toThrow(/is not a folder$/);
  await mkdir(join(root, 'empty'));
  await expect(build(join(root, 'empty'))).rejects.toThrow(/has no file/);
});
