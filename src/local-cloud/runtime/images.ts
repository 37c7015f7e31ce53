import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImageStore } from './data-plane.ts';

/**
 * Blobs on disk under `<folder>/registry/blobs/sha256/<hex>`: written to a temporary file, checked against the digest
 * and only then renamed, so that a blob is either whole or not there. It begins empty: what an earlier run left on
 * disk is deleted, since no repository knows it any more. `putBlob` throws a {@link DigestMismatch}.
 */
export function imageStore(folder: string): ImageStore {
  const registry = join(folder, 'registry');
  const blobs = join(registry, 'blobs', 'sha256');
  const incoming = join(registry, 'incoming');
  const emptied = Promise.all([blobs, incoming].map((path) => rm(path, { recursive: true, force: true })));
  // Whoever uses the store first is told.
  emptied.catch(() => undefined);

  return {
    async blob(digest) {
      const hex = hexOf(digest);
      if (hex === undefined) return undefined;
      await emptied;
      const path = join(blobs, hex);
      return (await exists(path)) ? path : undefined;
    },

    async putBlob(content, digest) {
      const hex = hexOf(digest);
      if (hex === undefined) throw new DigestMismatch(digest, 'a digest of another form');
      await emptied;
      await Promise.all([mkdir(blobs, { recursive: true }), mkdir(incoming, { recursive: true })]);
      const temporary = join(incoming, randomUUID());
      try {
        const actual = await writeHashed(content, temporary);
        if (actual !== hex) throw new DigestMismatch(digest, `sha256:${actual}`);
        await rename(temporary, join(blobs, hex));
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}

/** Content that is not what its digest says. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';

  constructor(wanted: string, actual: string) {
    super(`content of ${wanted} has ${actual}`);
  }
}

// A digest becomes a file name, so nothing but 64 hex digits may pass.
function hexOf(digest: string): string | undefined {
  return /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function writeHashed(content: Buffer | AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const source = Buffer.isBuffer(content) ? [content] : content;
  await pipeline(Readable.from(source, { objectMode: false }), hashing, createWriteStream(path));
  return hash.digest('hex');
}
