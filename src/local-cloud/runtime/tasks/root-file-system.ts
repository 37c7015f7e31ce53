import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Image } from './image.ts';
import { applyLayer } from './layers.ts';

/** Extracted images by digest under `<folder>/images/<hex>`; all tasks of an image share one. */
export interface RootFileSystems {
  /** The folder with the image's files. Throws `CannotPullContainerError: …`. */
  prepare(image: Image): Promise<string>;
}

/** Extracts each image once: into a folder of its own first, renamed when it is whole, so that a half one is never run. */
export function rootFileSystems(folder: string): RootFileSystems {
  const underWay = new Map<string, Promise<string>>();

  async function extractInto(image: Image): Promise<string> {
    const images = join(folder, 'images');
    const target = join(images, image.digest.replace('sha256:', ''));
    if (await isFolder(target)) return realpath(target);
    const temporary = join(images, `.${randomUUID()}`);
    try {
      await mkdir(temporary, { recursive: true });
      const root = await realpath(temporary);
      for (const layer of image.layers) await applyLayer(layer, root);
      await rename(root, target).catch(async (error: unknown) => {
        // Another daemon on the same folder was faster, with the same result.
        if (!(await isFolder(target))) throw error;
      });
    } catch (error) {
      const { message } = error as Error;
      throw message.startsWith('CannotPull') ? error : new Error(`CannotPullContainerError: ${message}`);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return realpath(target);
  }

  return {
    prepare(image) {
      let root = underWay.get(image.digest);
      if (root === undefined) {
        root = extractInto(image).finally(() => underWay.delete(image.digest));
        underWay.set(image.digest, root);
      }
      return root;
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
