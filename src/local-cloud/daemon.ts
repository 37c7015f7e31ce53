import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realClock } from './clock.ts';
import type { LatencyProfile } from './clock.ts';
import type { LocalCloud } from './cloud.ts';
import { controlApi } from './control.ts';
import { lockDaemon, unlockDaemon } from './daemon-lock.ts';
import type { DataPlane } from './runtime/data-plane.ts';
import { cleanLeftovers } from './runtime/leftovers.ts';
import { createServer } from './server.ts';
import { startScaling } from './services/application-autoscaling/scaler.ts';
import { startSampling } from './services/cloudwatch/sampling.ts';
import type { Credentials } from './signature.ts';

export interface DaemonOptions {
  /** `<project>/.chatops/local` */
  folder: string;
  version: string;
  latency: LatencyProfile;
  pid: number;
  log: (line: string) => void;
  createDataPlane: (options: { folder: string; log: (line: string) => void }) => Promise<DataPlane>;
}

/** `<folder>/daemon.json`: where the daemon answers and the key that opens it; readable by its owner only. */
export interface DaemonFile extends Credentials {
  pid: number;
  port: number;
  endpoint: string;
  version: string;
  startedAt: string;
}

export interface Daemon {
  /** Resolves once it was told to shut down and everything that it started is gone. */
  closed: Promise<void>;
  /** Ends it; the same as `POST /_chatops/shutdown`. */
  close: () => void;
}

/** Brings a local cloud up, empty, and announces it in `daemon.json`; resolves with undefined when another daemon has the folder. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon | undefined> {
  const { folder, version, latency, pid, log } = options;
  const clock = realClock(latency);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await lockDaemon(folder, pid))) return undefined;
  await rm(join(folder, 'daemon.json'), { force: true });
  for (const { pid: left, name } of await cleanLeftovers(folder))
    log(`killed ${name} (${left}), left behind`);
  // Data and passwords of cache nodes that a killed daemon had no time to remove.
  await rm(join(folder, 'caches'), { recursive: true, force: true });

  const dataPlane = await options.createDataPlane({ folder, log });
  const cloud: LocalCloud = {
    account: '000000000000',
    clock,
    dataPlane,
    endpoint: '',
    folder,
    states: new Map(),
  };
  const credentials = newCredentials();
  const startedAt = new Date().toISOString();
  let close = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    close = resolve;
  });
  const control = controlApi(cloud, { version, pid, startedAt, latency }, () => close());
  const server = await createServer({ cloud, credentials, log, control });
  const { port } = new URL(server.url);
  await announce(folder, {
    pid,
    port: Number(port),
    endpoint: server.url,
    ...credentials,
    version,
    startedAt,
  });
  log(`version ${version} answers at ${server.url}`);
  const endSampling = startSampling(cloud);
  const endScaling = startScaling(cloud);

  return {
    close,
    closed: asked.then(async () => {
      endSampling();
      endScaling();
      await rm(join(folder, 'daemon.json'), { force: true });
      await server.close();
      await dataPlane.close();
      await unlockDaemon(folder);
      log('ended');
    }),
  };
}

function newCredentials(): Credentials {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
}

async function announce(folder: string, daemon: DaemonFile): Promise<void> {
  const fresh = join(folder, 'daemon.json.new');
  await writeFile(fresh, JSON.stringify(daemon), { mode: 0o600 });
  await rename(fresh, join(folder, 'daemon.json'));
}
