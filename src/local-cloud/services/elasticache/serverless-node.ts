import { join } from 'node:path';
import type { LocalCloud } from '../../cloud.ts';
import type { Call } from '../../operation.ts';
import type { CacheNode } from '../../runtime/data-plane.ts';
import { createNetworkInterface } from '../ec2/network-interface.ts';
import type { StoredServerlessCache } from './state.ts';

// Processes are no plain data, so they are kept beside the state: per cloud, by region and cache.
const running = new WeakMap<LocalCloud['dataPlane'], Map<string, CacheNode>>();

/** The one node behind a serverless cache; undefined before it answers and after it is gone. */
export function serverlessNode(call: Call, cache: StoredServerlessCache): CacheNode | undefined {
  return running.get(call.cloud.dataPlane)?.get(keyOf(call, cache));
}

/** Gives a serverless cache an address and a network interface and starts the node behind it, which takes encrypted connections alone, speaks the protocol of clusters and evicts, all as AWS's does. */
export async function startServerless(call: Call, cache: StoredServerlessCache): Promise<void> {
  const { dataPlane, folder } = call.cloud;
  cache.endpoint = await dataPlane.addresses.claim(6379);
  cache.networkInterfaceId = createNetworkInterface(call, {
    subnetId: cache.subnetIds[0] ?? '',
    securityGroupIds: cache.securityGroupIds,
    description: `ElastiCache ${cache.name}`,
    requester: 'amazon-elasticache',
    local: cache.endpoint,
  }).NetworkInterfaceId;
  const node = await dataPlane.caches.start({
    ...cache.endpoint,
    parameters: { 'maxmemory-policy': 'volatile-lru' },
    tls: { mode: 'required', addresses: [cache.endpoint.host] },
    cluster: true,
    folder: join(folder, 'caches', call.region, `serverless-${cache.name}`),
  });
  try {
    await dataPlane.caches.arrange([{ slots: [{ from: 0, to: 16_383 }], primary: node, replicas: [] }]);
  } catch (error) {
    await node.stop();
    throw error;
  }
  const ofCloud = running.get(dataPlane) ?? new Map<string, CacheNode>();
  running.set(dataPlane, ofCloud.set(keyOf(call, cache), node));
}

/** Ends the node and resolves when it is gone. */
export async function stopServerless(call: Call, cache: StoredServerlessCache): Promise<void> {
  await serverlessNode(call, cache)?.stop();
  running.get(call.cloud.dataPlane)?.delete(keyOf(call, cache));
}

function keyOf({ region }: Call, { name }: StoredServerlessCache): string {
  return `${region} ${name}`;
}
