import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { deleteNetworkInterface } from '../ec2/network-interface.ts';
import { serverlessNode } from './serverless-node.ts';
import { elastiCacheState, type StoredServerlessCache } from './state.ts';

/** Where a serverless cache is in its life. */
export function serverlessStatus(call: Call, cache: StoredServerlessCache): string {
  const { clock } = call.cloud;
  if (cache.deletedAt !== undefined) return 'deleting';
  const created = cache.createdAt + clock.latency('serverless-cache.create');
  if (cache.answeredAt === undefined || clock.now() < created) return 'creating';
  const modified = (cache.modifiedAt ?? -Infinity) + clock.latency('replication-group.modify');
  return clock.now() < modified || serverlessNode(call, cache)?.answers === false ? 'modifying' : 'available';
}

/** The serverless cache with this name in any case. Throws ServerlessCacheNotFoundFault. */
export function mustFindServerlessCache(call: Call, name: string): StoredServerlessCache {
  sweepServerless(call);
  const found = elastiCacheState(call).serverlessCaches.get(name.toLowerCase());
  if (found !== undefined) return found;
  throw new AwsError('ServerlessCacheNotFoundFault', `Serverless cache ${name} not found.`, 404);
}

/** Takes away the serverless caches whose deletion is over, with their network interfaces and addresses. */
export function sweepServerless(call: Call): void {
  const { clock, dataPlane } = call.cloud;
  const { serverlessCaches } = elastiCacheState(call);
  for (const cache of serverlessCaches.values()) {
    if (cache.deletedAt === undefined || serverlessNode(call, cache) !== undefined) continue;
    if (clock.now() < cache.deletedAt + clock.latency('serverless-cache.delete')) continue;
    const { endpoint, networkInterfaceId, name } = cache;
    if (networkInterfaceId !== undefined) deleteNetworkInterface(call, networkInterfaceId);
    if (endpoint !== undefined) dataPlane.addresses.release(endpoint.host, endpoint.port);
    serverlessCaches.delete(name);
  }
}
