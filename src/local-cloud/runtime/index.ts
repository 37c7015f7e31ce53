import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createAddressPlan } from './addresses.ts';
import { startBalancer } from './balancer.ts';
import { createCacheRunner } from './caches.ts';
import { createAuthority } from './certificate.ts';
import type { DataPlane } from './data-plane.ts';
import { imageStore } from './images.ts';
import { forgetProcess, recordProcess } from './leftovers.ts';
import { startReaper } from './reaper.ts';
import { createProcessRunner, type ChildKeeper } from './tasks.ts';

export interface DataPlaneOptions {
  /** `.chatops/local` */
  folder: string;
  log(line: string): void;
  /** The side programs as JavaScript; default: next to this one in dist/. */
  entries?: { reaper: string; preload: string; balancer: string; standIn: string };
}

/** Everything real behind the API: addresses, images, task processes, the load balancer process, cache servers; and the reaper, which ends them should the daemon be killed. */
export async function createDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { folder, entries = nextToTheDaemon } = options;
  const reaper = startReaper(entries.reaper);
  const records = new Map<number, Promise<void>>();
  // The reaper ends them when the daemon dies; the record is for the next daemon, should both be killed.
  const keeper: ChildKeeper = {
    started(pid, name) {
      reaper.watch(pid);
      records.set(pid, recordProcess(folder, pid, name).catch(logFailure));
    },
    ended(pid) {
      reaper.forget(pid);
      const recorded = records.get(pid) ?? Promise.resolve();
      records.set(
        pid,
        recorded
          .then(() => forgetProcess(folder, pid))
          .catch(logFailure)
          .finally(() => records.delete(pid)),
      );
    },
  };
  function logFailure(error: unknown): void {
    options.log(`the record of processes cannot be written: ${String(error)}`);
  }

  const images = imageStore(folder);
  const trustFile = join(folder, 'authority.pem');
  // The authority of an earlier daemon is gone with it.
  await rm(trustFile, { force: true });
  const tasks = createProcessRunner({ folder, images, preload: entries.preload, keeper, trustFile });
  const authority = createAuthority();
  const caches = createCacheRunner({
    path: env.PATH ?? '',
    standIn: entries.standIn,
    keeper,
    authority,
    trustFile,
  });
  const balancer = startBalancer({
    entry: entries.balancer,
    started: (pid) => keeper.started(pid, 'load balancer'),
    ended: (pid) => keeper.ended(pid),
  });
  return {
    addresses: createAddressPlan(),
    images,
    tasks,
    balancer,
    caches,
    certificates: {
      async issue(names) {
        await writeFile(trustFile, authority.certificate);
        return authority.issue(names);
      },
    },
    async close() {
      await Promise.all([tasks.close(), balancer.close(), caches.close()]);
      await Promise.all(records.values());
      await reaper.close();
    },
  };
}

const nextToTheDaemon = {
  reaper: fileURLToPath(new URL('./reaper.js', import.meta.url)),
  preload: fileURLToPath(new URL('./preload.js', import.meta.url)),
  balancer: fileURLToPath(new URL('./balancer.js', import.meta.url)),
  standIn: fileURLToPath(new URL('./stand-in-redis.js', import.meta.url)),
};
