/** A blob of an image: what the manifest says of it, and its bytes. */
export interface Blob {
  mediaType: string;
  /** `sha256:…` */
  digest: string;
  size: number;
  content: Buffer;
}

/** An OCI image in memory, ready to be pushed. */
export interface BuiltImage {
  /** `sha256:…` of the manifest: what task definitions pin. */
  digest: string;
  /** Bytes of the OCI image manifest. */
  manifest: Buffer;
  mediaType: string;
  config: Blob;
  /** Base first, application last. */
  layers: Blob[];
  /** A tag that says what is in it: the same content always has the same one. */
  tag: string;
  sizes: {
    files: number;
    /** Bytes of the files. */
    content: number;
    /** Bytes of the layers as they are pushed. */
    layers: number;
  };
}

/** The label that says which base an image was built on; `none` has no operating system and no Node.js in it. */
export const baseLabel = 'dev.chatops.base';

/** Whether an image can run where there is nothing but the image: one without a base layer needs this machine's Node.js. */
export function hasBaseLayer({ config }: Pick<BuiltImage, 'config'>): boolean {
  const { config: container } = JSON.parse(config.content.toString()) as {
    config?: { Labels?: Record<string, string> };
  };
  return container?.Labels?.[baseLabel] !== 'none';
}
