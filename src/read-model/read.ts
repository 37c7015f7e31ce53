import type { Cloud } from '../aws/cloud.ts';
import type { Names } from '../config/names.ts';
import { imageVersions } from './image-version.ts';
import { loadBalancerReader } from './load-balancer.ts';
import { metricsReader } from './metrics.ts';
import { redisReader } from './redis.ts';
import type { CacheServer } from './redis.ts';
import { scalingReader } from './scaling.ts';
import { serviceReader } from './service.ts';
import type { Snapshot } from './snapshot.ts';
import { targetsReader } from './targets.ts';
import { tasksReader } from './tasks.ts';
import { watchStack } from './watch.ts';
import type { PartReaders, WatchOptions } from './watch.ts';

/** A reader per part, fresh: some remember what does not change. */
export function partReaders(cacheServer?: CacheServer): PartReaders {
  const versions = imageVersions();
  return {
    service: serviceReader(versions),
    scaling: scalingReader,
    tasks: tasksReader(versions),
    targets: targetsReader,
    redis: redisReader(cacheServer),
    loadBalancer: loadBalancerReader,
    metrics: metricsReader(),
  };
}

export interface ReadOptions extends Pick<WatchOptions, 'clock' | 'deadlineMs' | 'signal'> {
  cloud: Cloud;
  names: Names;
  stack: string;
  cacheServer?: CacheServer | undefined;
}

/** Reads a stack once, its parts side by side. Never throws: a part that cannot be read carries its error. */
export async function readSnapshot(options: ReadOptions): Promise<Snapshot> {
  const once = new AbortController();
  const signal = AbortSignal.any([options.signal, once.signal]);
  const watched = watchStack({ ...options, readers: partReaders(options.cacheServer), signal });
  try {
    return await watched.firstRead;
  } finally {
    once.abort();
    await watched.ended;
  }
}
