import { join } from 'node:path';
import type { LocalCloud } from '../../cloud.ts';
import type { Call } from '../../operation.ts';
import type { CacheNode } from '../../runtime/data-plane.ts';
import type { StoredReplicationGroup } from './state.ts';

// Processes are no plain data, so they are kept beside the state: per cloud, by region and replication group.
const running = new WeakMap<LocalCloud['dataPlane'], Map<string, CacheNode[]>>();

/** The running nodes of a replication group, the primary first; undefined before they answer and after they are gone. */
export function nodesOf(call: Call, group: StoredReplicationGroup): CacheNode[] | undefined {
  return running.get(call.cloud.dataPlane)?.get(keyOf(call, group));
}

/** Whether every node answers at this moment. */
export function allAnswer(call: Call, group: StoredReplicationGroup): boolean {
  return (nodesOf(call, group) ?? []).every(({ answers }) => answers !== false);
}

/** Starts the members, the primary first, and resolves when all of them answer; when one cannot be started, none is left. */
export async function startNodes(
  call: Call,
  group: StoredReplicationGroup,
  password: string | undefined,
): Promise<void> {
  const { caches } = call.cloud.dataPlane;
  const started: CacheNode[] = [];
  const [primary] = group.members;
  try {
    for (const { cacheClusterId, host, port } of group.members) {
      const node = await caches.start({
        host,
        port,
        ...(password === undefined ? {} : { password }),
        parameters: group.startedWith,
        ...(started.length === 0 || primary === undefined
          ? {}
          : { replicaOf: { host: primary.host, port: primary.port } }),
        folder: join(call.cloud.folder, 'caches', call.region, cacheClusterId),
      });
      started.push(node);
    }
  } catch (error) {
    await Promise.all(started.map((node) => node.stop()));
    throw error;
  }
  const ofCloud = running.get(call.cloud.dataPlane) ?? new Map<string, CacheNode[]>();
  running.set(call.cloud.dataPlane, ofCloud);
  ofCloud.set(keyOf(call, group), started);
}

/** Ends the members and resolves when all of them are gone. */
export async function stopNodes(call: Call, group: StoredReplicationGroup): Promise<void> {
  await Promise.all((nodesOf(call, group) ?? []).map((node) => node.stop()));
  running.get(call.cloud.dataPlane)?.delete(keyOf(call, group));
}

function keyOf({ region }: Call, { id }: StoredReplicationGroup): string {
  return `${region} ${id}`;
}
