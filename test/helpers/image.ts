import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';

import type { ImageStore } from '../../src/local-cloud/runtime/data-plane.ts';

/** An entry of a layer: a file's content, or a link to somewhere. */
export type LayerEntry = string | { symlink: string } | { link: string };

/** Puts an OCI image into the store, one layer per record of path → entry, and returns its manifest; by default one that runs `node server.mjs` in /app. */
export async function putImage(
  images: ImageStore,
  layers: Record<string, LayerEntry>[],
  config: Record<string, unknown> = {},
): Promise<Buffer> {
  const descriptors = await Promise.all(
    layers.map(async (files) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...(await putBlob(images, gzipSync(await tar(files)))),
    })),
  );
  const image = {
    architecture: 'arm64',
    os: 'linux',
    config: {
      Entrypoint: ['node'],
      Cmd: ['server.mjs'],
      WorkingDir: '/app',
      Labels: { 'dev.chatops.base': 'none' },
      ...config,
    },
    rootfs: { type: 'layers', diff_ids: [] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...(await putBlob(images, Buffer.from(JSON.stringify(image)))),
    },
    layers: descriptors,
  };
  return Buffer.from(JSON.stringify(manifest));
}

async function putBlob(images: ImageStore, content: Buffer): Promise<{ digest: string; size: number }> {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  await images.putBlob(content, digest);
  return { digest, size: content.length };
}

async function tar(files: Record<string, LayerEntry>): Promise<Buffer> {
  const archive = pack();
  for (const [name, entry] of Object.entries(files)) {
    if (typeof entry === 'string') archive.entry({ name }, entry);
    else if ('symlink' in entry) archive.entry({ name, type: 'symlink', linkname: entry.symlink });
    else archive.entry({ name, type: 'link', linkname: entry.link });
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
