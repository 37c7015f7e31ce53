import { createHash } from 'node:crypto';

/** A small image for registry tests: its blobs by digest, and its manifest. */
export interface SmallImage {
  digest: string;
  mediaType: string;
  manifest: Buffer;
  blobs: Map<string, Buffer>;
  layerBytes: number;
}

/** An OCI image whose only layer holds `content`. */
export function imageOf(content: string): SmallImage {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const layer = Buffer.from(content);
  const config = Buffer.from(JSON.stringify({ architecture: 'arm64', os: 'linux', of: content }));
  const describe = (type: string, bytes: Buffer) => ({
    mediaType: type,
    digest: sha256(bytes),
    size: bytes.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: [describe('application/vnd.oci.image.layer.v1.tar', layer)],
    }),
  );
  const blobs = new Map([layer, config].map((bytes) => [sha256(bytes), bytes]));
  return { digest: sha256(manifest), mediaType, manifest, blobs, layerBytes: layer.length };
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
