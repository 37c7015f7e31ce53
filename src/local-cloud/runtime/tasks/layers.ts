import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { PassThrough, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { extract, type Extract } from 'tar-stream';

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/**
 * Applies one image layer to a folder, as the OCI layer specification says: later entries replace earlier ones,
 * `.wh.<name>` removes what a lower layer put there, `.wh..wh..opq` all of its folder. Owners and devices are left
 * out. Throws `CannotPullContainerError: …` on an entry that would leave the folder and on a compression other than gzip.
 */
export async function applyLayer(layer: { path: string; mediaType: string }, root: string): Promise<void> {
  if (!/tar(\+gzip|\.gzip)?$/.test(layer.mediaType)) {
    throw new Error(`CannotPullContainerError: layers of type ${layer.mediaType} cannot be read here`);
  }
  const unpacked = layer.mediaType.endsWith('gzip') ? createGunzip() : new PassThrough();
  const entries = extract();
  // Errors of any of the three end the loop below.
  pipeline(createReadStream(layer.path), unpacked, entries, () => undefined);
  const written = new Set<string>();
  for await (const entry of entries) {
    const path = await placeOf(entry.header.name, root);
    if (path !== root) await apply(entry, path, root, written);
    entry.resume();
  }
}

async function apply(entry: Entry, path: string, root: string, written: Set<string>): Promise<void> {
  const name = basename(path);
  if (name === '.wh..wh..opq') return removeLower(dirname(path), written);
  if (name.startsWith('.wh.')) {
    const hidden = join(dirname(path), name.slice('.wh.'.length));
    if (!written.has(hidden)) await rm(hidden, { recursive: true, force: true });
    return;
  }
  const { type, linkname, mode } = entry.header;
  written.add(path);
  if (type === 'directory') {
    const there = await lstat(path).catch(() => undefined);
    if (there?.isDirectory() !== true) await rm(path, { force: true });
    await mkdir(path, { recursive: true, mode: 0o755 });
    return;
  }
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  if (type === 'symlink') await symlink(linkname ?? '', path);
  else if (type === 'link') await link(await placeOf(linkname ?? '', root), path);
  // The owner must be able to read and remove it, whatever the image says.
  else if (type === 'file')
    await writeFile(path, entry as AsyncIterable<Uint8Array>, { mode: (mode ?? 0o644) | 0o600 });
}

/** Where an entry belongs on disk; links on the way must not lead out of the root. */
async function placeOf(name: string, root: string): Promise<string> {
  const path = join(root, normalize(join(sep, name)));
  const clean = path.endsWith(sep) ? path.slice(0, -1) : path;
  if (clean === root) return root;
  let parent = dirname(clean);
  let real: string | undefined;
  while ((real = await realpath(parent).catch(() => undefined)) === undefined) parent = dirname(parent);
  if (real !== root && !real.startsWith(root + sep)) {
    throw new Error(`CannotPullContainerError: layer entry ${name} leads out of the image`);
  }
  return clean;
}

async function removeLower(folder: string, written: Set<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const own = [...written].some((one) => one === path || one.startsWith(path + sep));
    if (!own) await rm(path, { recursive: true, force: true });
    else if ((await lstat(path)).isDirectory()) await removeLower(path, written);
  }
}
