import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { ImageStore } from '../data-plane.ts';

/** What the runner needs of an OCI image: its program, and its layers as files on disk, lowest first. */
export interface Image {
  /** `sha256:…` of the manifest. */
  digest: string;
  entryPoint: string[];
  command: string[];
  /** Environment as `NAME=value`. */
  environment: string[];
  workingDirectory: string;
  labels: Record<string, string>;
  layers: { path: string; mediaType: string }[];
}

interface Descriptor {
  digest: string;
  mediaType: string;
}

/** The `config` member of an OCI image configuration (https://github.com/opencontainers/image-spec/blob/main/config.md). */
interface ImageConfig {
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Env?: string[] | null;
  WorkingDir?: string;
  Labels?: Record<string, string> | null;
}

/** Reads an image by its manifest. Throws an ECS stop reason (`CannotPullContainerError: …`) when a part is missing or cannot be read. */
export async function readImage(manifest: Buffer, images: ImageStore): Promise<Image> {
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const { config, layers } = parse(manifest, digest) as { config?: Descriptor; layers?: Descriptor[] };
  if (config === undefined || layers === undefined) {
    throw new Error(`CannotPullContainerError: ${digest} is not an image manifest (an index of images?)`);
  }
  const content = await readFile(await blobPath(config, images));
  const { config: file } = parse(content, config.digest) as { config?: ImageConfig };
  return {
    digest,
    entryPoint: file?.Entrypoint ?? [],
    command: file?.Cmd ?? [],
    environment: file?.Env ?? [],
    workingDirectory: file?.WorkingDir || '/',
    labels: file?.Labels ?? {},
    layers: await Promise.all(
      layers.map(async (layer) => ({
        path: await blobPath(layer, images),
        mediaType: layer.mediaType,
      })),
    ),
  };
}

function parse(content: Buffer, digest: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new Error(`CannotPullContainerError: ${digest} is not JSON`);
  }
}

async function blobPath({ digest }: Descriptor, images: ImageStore): Promise<string> {
  const path = await images.blob(digest);
  if (path === undefined) throw new Error(`CannotPullContainerError: blob ${digest} not found`);
  return path;
}
