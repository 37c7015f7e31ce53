import { createHash } from 'node:crypto';
import { lstat, readFile, readdir, readlink, stat } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { ChatopsError, ExitCode, messageOf } from '../lib/errors.ts';
import { parseIgnore } from './ignore.ts';
import type { Ignore } from './ignore.ts';

/** A folder as one layer of an image. */
export interface Layer {
  /** The tar file, gzipped. */
  compressed: Buffer;
  /** `sha256:…` of the tar file itself. */
  diffId: string;
  files: number;
  /** Bytes of the files. */
  contentBytes: number;
}

interface Entry {
  /** Relative to the folder, with `/`. */
  path: string;
  type: 'file' | 'directory' | 'symlink';
  executable: boolean;
  content: Buffer;
  linkname?: string;
}

/**
 * The content of a folder as a layer at `workdir`: sorted, owned by root, without times, and with modes that know
 * only "executable", so that neither the machine nor the checkout shows. Holds the whole layer in memory.
 * Throws a ChatopsError (exit 3) that names the path.
 */
export async function layerOf(folder: string, workdir: string): Promise<Layer> {
  const root = resolve(folder);
  const entries = await entriesOf(root);
  const files = entries.filter((entry) => entry.type === 'file');
  if (files.length === 0) throw unusable(`folder ${folder} has no file to put into an image`, root);
  const tar = await tarOf(entries, posix.join('/', workdir).slice(1));
  return {
    compressed: gzipSync(tar),
    diffId: `sha256:${createHash('sha256').update(tar).digest('hex')}`,
    files: files.length,
    contentBytes: files.reduce((sum, file) => sum + file.content.length, 0),
  };
}

async function entriesOf(root: string): Promise<Entry[]> {
  const found = await statOf(root);
  if (found === undefined) throw unusable(`folder ${root} does not exist`, root);
  if (!found.isDirectory()) throw unusable(`${root} is not a folder`, root);
  const rules = await readFile(join(root, '.dockerignore'), 'utf8').catch(() => '');
  const entries: Entry[] = [];
  try {
    await collect(root, '', parseIgnore(rules), entries);
  } catch (error) {
    if (error instanceof ChatopsError) throw error;
    throw unusable(`folder ${root} cannot be read: ${messageOf(error)}`, root, error);
  }
  // By code units: an order by language would differ from machine to machine.
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function collect(root: string, below: string, ignore: Ignore, entries: Entry[]): Promise<void> {
  for (const name of await readdir(join(root, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    const full = join(root, path);
    const status = await lstat(full);
    if (status.isDirectory()) {
      if (ignore.prunes(path)) continue;
      const before = entries.length;
      await collect(root, path, ignore, entries);
      // A folder that is left out still comes along when a `!` rule keeps something in it; git knows no empty folders.
      if (entries.length > before) entries.push(entry(path, 'directory', true));
    } else if (!ignore.ignores(path)) {
      if (status.isSymbolicLink()) entries.push(await link(root, path));
      else if (status.isFile()) {
        entries.push(entry(path, 'file', (status.mode & 0o100) !== 0, await readFile(full)));
      }
    }
  }
}

async function link(root: string, path: string): Promise<Entry> {
  const linkname = await readlink(join(root, path));
  const target = resolve(root, posix.dirname(path), linkname);
  if (posix.isAbsolute(linkname) || !`${target}${sep}`.startsWith(`${root}${sep}`)) {
    throw unusable(`${join(root, path)} links to ${linkname}, which is outside of the folder`, root);
  }
  return { ...entry(path, 'symlink', true), linkname };
}

function entry(path: string, type: Entry['type'], executable: boolean, content = Buffer.alloc(0)): Entry {
  return { path, type, executable, content };
}

async function tarOf(entries: Entry[], prefix: string): Promise<Buffer> {
  const tar = pack();
  const parents = prefix
    .split('/')
    .filter((part) => part !== '')
    .map((_part, index, parts) => parts.slice(0, index + 1).join('/'));
  const add = (name: string, { type, executable, linkname, content }: Omit<Entry, 'path'>) =>
    tar.entry(
      {
        name,
        type,
        mode: executable ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        mtime: new Date(0),
        ...(linkname === undefined ? {} : { linkname }),
      },
      content,
    );
  for (const parent of parents) add(parent, entry(parent, 'directory', true));
  for (const item of entries) add(posix.join(prefix, item.path), item);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

function unusable(message: string, path: string, cause?: unknown): ChatopsError {
  return new ChatopsError(message, {
    code: 'image.folder',
    exit: ExitCode.config,
    hint: 'set service.build to the folder of a built service, or service.image to an image',
    fields: { path, field: 'service.build' },
    cause,
  });
}
