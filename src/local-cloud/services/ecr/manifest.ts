import { createHash } from 'node:crypto';

/** What ECR reads out of a manifest. */
export interface ParsedManifest {
  digest: string;
  mediaType: string;
  artifactMediaType: string | undefined;
  /** Config and layers, or the manifests of an index. */
  references: string[];
  /** Whether it lists other manifests rather than blobs. */
  isIndex: boolean;
  /** Bytes of its layers. */
  sizeInBytes: number;
}

interface Descriptor {
  digest?: unknown;
  size?: unknown;
  mediaType?: unknown;
}

interface Manifest {
  schemaVersion?: unknown;
  mediaType?: unknown;
  artifactType?: unknown;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Reads an image manifest or index of OCI or Docker. Throws a TypeError that says what is wrong with it. */
export function parseManifest(bytes: Buffer, contentType: string | undefined): ParsedManifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(bytes.toString()) as Manifest;
  } catch {
    throw new TypeError('the manifest is not JSON');
  }
  if (manifest?.schemaVersion !== 2) throw new TypeError('the schema version of the manifest is not 2');
  const mediaType = stringOr(manifest.mediaType) ?? contentType ?? imageTypes[0]!;
  const isIndex = indexTypes.includes(mediaType);
  if (!isIndex && !imageTypes.includes(mediaType)) {
    throw new TypeError(`the media type ${mediaType} is not supported`);
  }
  const content = isIndex ? manifest.manifests : manifest.layers;
  if (!Array.isArray(content)) throw new TypeError(`the manifest has no ${isIndex ? 'manifests' : 'layers'}`);
  const parts = isIndex ? content : [manifest.config ?? {}, ...content];
  return {
    digest: digestOf(bytes),
    mediaType: mediaType,
    artifactMediaType: stringOr(manifest.artifactType ?? manifest.config?.mediaType),
    references: parts.map(checkedDigest),
    isIndex,
    sizeInBytes: content.reduce((sum, part) => sum + (typeof part.size === 'number' ? part.size : 0), 0),
  };
}

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function checkedDigest({ digest }: Descriptor): string {
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new TypeError(`the digest ${String(digest)} is not sha256`);
  }
  return digest;
}

function stringOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
