import {
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
} from '@aws-sdk/client-elasticache';
import type { ReplicationGroup, ServerlessCache } from '@aws-sdk/client-elasticache';
import { unlessMissing } from '../aws/unless.ts';
import { Absent } from './part-reader.ts';
import type { PartReader, Reading } from './part-reader.ts';
import type { RedisPart } from './snapshot.ts';

/** Tells what the cache nodes of this machine are processes of; undefined where there are none. */
export type CacheServer = () => Promise<string | undefined>;

/** aws elasticache describe-replication-groups; where there is none, describe-serverless-caches. What a laptop runs is in no answer of AWS: `cacheServer` tells. */
export function redisReader(cacheServer: CacheServer = async () => undefined): PartReader<RedisPart> {
  return {
    needs: [],
    pause: () => 5_000,
    async read(reading) {
      const { cloud, names, signal: abortSignal } = reading;
      const id = names.replicationGroup;
      const [groups, server] = await Promise.all([
        unlessMissing(
          cloud.elasticache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }), {
            abortSignal,
          }),
        ),
        cacheServer(),
      ]);
      const [group] = groups?.ReplicationGroups ?? [];
      const part = group === undefined ? await otherwise(reading) : partOf(group);
      return { ...part, ...(server !== undefined && part.status !== 'none' && { server }) };
    },
  };
}

/** A serverless cache; else none of the stack's own, unless what belongs to a replication group says that one is missing. */
async function otherwise({ cloud, names, signal: abortSignal }: Reading): Promise<RedisPart> {
  const id = names.replicationGroup;
  const [caches, groups] = await Promise.all([
    unlessMissing(
      cloud.elasticache.send(new DescribeServerlessCachesCommand({ ServerlessCacheName: id }), {
        abortSignal,
      }),
    ),
    unlessMissing(
      cloud.elasticache.send(
        new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: names.cacheSubnetGroup }),
        { abortSignal },
      ),
    ),
  ]);
  const [cache] = caches?.ServerlessCaches ?? [];
  if (cache !== undefined) return serverlessPartOf(cache);
  if (groups !== undefined) throw new Absent(`replication group ${id} does not exist`);
  return { id: '', status: 'none', engine: '', endpoint: undefined, nodes: [] };
}

function partOf(group: ReplicationGroup): RedisPart {
  const { NodeGroups = [], ClusterEnabled, ConfigurationEndpoint } = group;
  const endpoint = ConfigurationEndpoint ?? NodeGroups[0]?.PrimaryEndpoint;
  return {
    id: group.ReplicationGroupId ?? '',
    status: group.Status ?? '',
    engine: group.Engine ?? '',
    endpoint: endpoint === undefined ? undefined : `${endpoint.Address}:${endpoint.Port}`,
    nodes: NodeGroups.flatMap(({ NodeGroupId = '', NodeGroupMembers = [] }) =>
      NodeGroupMembers.map((node) => ({
        id: node.CacheClusterId ?? '',
        ...(ClusterEnabled === true && { shard: NodeGroupId }),
        role: node.CurrentRole,
        zone: node.PreferredAvailabilityZone,
      })),
    ),
  };
}

function serverlessPartOf({ ServerlessCacheName, Status, Engine, Endpoint }: ServerlessCache): RedisPart {
  return {
    id: ServerlessCacheName ?? '',
    status: (Status ?? '').toLowerCase(),
    engine: `${Engine} serverless`,
    endpoint: Endpoint === undefined ? undefined : `${Endpoint.Address}:${Endpoint.Port}`,
    nodes: [],
  };
}
