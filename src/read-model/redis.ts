import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { Absent } from './part-reader.ts';
import type { PartReader } from './part-reader.ts';
import type { RedisPart } from './snapshot.ts';

/** aws elasticache describe-replication-groups */
export const redisReader: PartReader<RedisPart> = {
  needs: [],
  pause: () => 5_000,
  async read({ cloud, names, signal: abortSignal }) {
    const id = names.replicationGroup;
    const { ReplicationGroups = [] } = await cloud.elasticache.send(
      new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
      { abortSignal },
    );
    const [group] = ReplicationGroups;
    if (group === undefined) throw new Absent(`replication group ${id} does not exist`);
    const [shard] = group.NodeGroups ?? [];
    const endpoint = shard?.PrimaryEndpoint ?? group.ConfigurationEndpoint;
    return {
      id,
      status: group.Status ?? '',
      engine: group.Engine ?? '',
      endpoint: endpoint === undefined ? undefined : `${endpoint.Address}:${endpoint.Port}`,
      nodes: (shard?.NodeGroupMembers ?? []).map((node) => ({
        id: node.CacheClusterId ?? '',
        role: node.CurrentRole,
        zone: node.PreferredAvailabilityZone,
      })),
    };
  },
};
