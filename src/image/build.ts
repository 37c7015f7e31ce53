import { createHash } from 'node:crypto';
import { baseLabel } from './image.ts';
import type { Blob, BuiltImage } from './image.ts';
import { layerOf } from './layer.ts';

export interface BuildOptions {
  /** The folder whose content becomes the application layer. */
  folder: string;
  /** Run in `workdir`, so paths are relative to it: `["node", "server.js"]`. */
  entrypoint: string[];
  /** Absolute path in the image that the folder's content is put at, such as `/app`. */
  workdir: string;
  env: Record<string, string>;
  architecture: 'arm64' | 'x86_64';
  /** Name or `uid:gid`; default: whatever the runtime takes. */
  user?: string;
  /** TCP port that the container listens on. */
  exposedPort: number;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Builds an OCI image of one application layer out of a folder, without Docker. The same content gives the same
 * tag on every machine; its digest can differ, since zlib compresses differently from version to version. Throws a ChatopsError (exit 3) when the folder is missing, empty or unreadable.
 */
export async function buildImage(options: BuildOptions): Promise<BuiltImage> {
  const layer = await layerOf(options.folder, options.workdir);
  const blob = blobOf(layerType, layer.compressed);
  const config = blobOf(configType, Buffer.from(JSON.stringify(imageConfig(options, layer.diffId))));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor(config),
      layers: [descriptor(blob)],
    }),
  );
  return {
    digest: digestOf(manifest),
    manifest,
    mediaType: manifestType,
    config,
    layers: [blob],
    // The config names the layer by its uncompressed digest: it stands for the content, however it was compressed.
    tag: `build-${config.digest.slice('sha256:'.length, 'sha256:'.length + 16)}`,
    sizes: { files: layer.files, content: layer.contentBytes, layers: blob.size },
  };
}

function imageConfig(options: BuildOptions, diffId: string) {
  return {
    created: '1970-01-01T00:00:00Z',
    architecture: options.architecture === 'x86_64' ? 'amd64' : 'arm64',
    os: 'linux',
    config: {
      ...(options.user === undefined ? {} : { User: options.user }),
      ExposedPorts: { [`${options.exposedPort}/tcp`]: {} },
      Env: Object.keys(options.env)
        .sort()
        .map((name) => `${name}=${options.env[name]}`),
      Entrypoint: options.entrypoint,
      WorkingDir: options.workdir,
      Labels: { [baseLabel]: 'none' },
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'chatops' }],
  };
}

function blobOf(mediaType: string, content: Buffer): Blob {
  return { mediaType, digest: digestOf(content), size: content.length, content };
}

function descriptor({ mediaType, digest, size }: Blob) {
  return { mediaType, digest, size };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
