import { callCount } from './call-count.ts';
import type { CallCount } from './call-count.ts';
import { chaos } from './chaos.ts';
import type { ChaosRequest } from './chaos.ts';
import type { LocalCloud } from './cloud.ts';
import { countResources, stacksIn } from './resources.ts';
import type { ResourceCount } from './resources.ts';
import { livingProcesses } from './runtime/leftovers.ts';

/** The answer of GET /_chatops/status. */
export interface CloudStatus {
  version: string;
  pid: number;
  endpoint: string;
  /** ISO 8601. */
  startedAt: string;
  latency: string;
  /** All of them together. */
  resourceCount: number;
  resources: ResourceCount;
  /** Child processes of the data plane. */
  processes: { pid: number; name: string }[];
  /** What the cache nodes are processes of, or would be, such as `redis 7.0.15`. */
  engines: string[];
  /** Stacks that own a resource: values of the tag `chatops:stack`. */
  stacks: string[];
  calls: CallCount;
}

/** What of a status does not change while a daemon runs. */
export type DaemonFacts = Pick<CloudStatus, 'version' | 'pid' | 'startedAt' | 'latency'>;

/** The signed requests under /_chatops/ that are no AWS service: `GET status`, `POST shutdown` and `POST chaos`; undefined for any other. */
export function controlApi(cloud: LocalCloud, facts: DaemonFacts, shutdown: () => void) {
  return async (method: string, path: string, body: Buffer): Promise<object | undefined> => {
    if (method === 'GET' && path === '/_chatops/status') return statusOf(cloud, facts);
    if (method === 'POST' && path === '/_chatops/shutdown') {
      setImmediate(shutdown);
      return { pid: facts.pid };
    }
    if (method === 'POST' && path === '/_chatops/chaos') {
      return chaos(cloud, JSON.parse(body.toString()) as ChaosRequest, facts);
    }
    return undefined;
  };
}

async function statusOf(cloud: LocalCloud, facts: DaemonFacts): Promise<CloudStatus> {
  const resources = await countResources(cloud);
  const engine = await cloud.dataPlane.caches.engine();
  return {
    ...facts,
    endpoint: cloud.endpoint,
    resourceCount: Object.values(resources)
      .flatMap((listings) => Object.values(listings))
      .reduce((sum, count) => sum + count, 0),
    resources,
    processes: (await livingProcesses(cloud.folder)).map(({ pid, name }) => ({ pid, name })),
    engines: [
      engine.name === 'stand-in' ? 'stand-in, in memory, for trying' : `${engine.name} ${engine.version}`,
    ],
    stacks: stacksIn(cloud),
    calls: callCount(cloud),
  };
}
