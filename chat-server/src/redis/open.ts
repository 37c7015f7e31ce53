import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Settings } from '../settings.ts';
import type { Backplane, BackplaneEvents } from './backplane.ts';
import { ClusterBackplane } from './cluster.ts';
import { SingleBackplane } from './single.ts';

/** The backplane that the settings ask for; nothing is connected before `connect`. */
export function openBackplane(
  { redisUrl, redisCluster, nodeName }: Settings,
  clock: Clock,
  log: Logger,
  events: BackplaneEvents,
): Backplane {
  return redisCluster
    ? new ClusterBackplane(redisUrl, nodeName, clock, log, events)
    : new SingleBackplane(redisUrl, nodeName, log, events);
}
