import { rm } from 'node:fs/promises';
import type { LocalCloud } from '../../cloud.ts';
import type { EcrState } from './state.ts';

/** Deletes those of `digests` from disk that no repository of any region holds any more. */
export async function removeUnreferencedBlobs(cloud: LocalCloud, digests: string[]): Promise<void> {
  const held = new Set<string>();
  for (const [key, state] of cloud.states) {
    if (!key.startsWith('ecr@')) continue;
    for (const repository of (state as EcrState).repositories.values()) {
      for (const digest of repository.blobs.keys()) held.add(digest);
      for (const digest of repository.images.keys()) held.add(digest);
    }
  }
  await Promise.all(
    digests
      .filter((digest) => !held.has(digest))
      .map(async (digest) => {
        const path = await cloud.dataPlane.images.blob(digest);
        if (path !== undefined) await rm(path, { force: true });
      }),
  );
}
