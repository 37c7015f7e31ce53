import {
  DescribeCacheClustersCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheParametersCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../../src/aws/cloud.ts';

/** Replication groups and what belongs to them; the parameter groups that come with an account are left out. */
export async function cachePicture({ elasticache }: Cloud) {
  const [groups, clusters, subnetGroups, parameterGroups] = await Promise.all([
    elasticache.send(new DescribeReplicationGroupsCommand({})),
    elasticache.send(new DescribeCacheClustersCommand({})),
    elasticache.send(new DescribeCacheSubnetGroupsCommand({})),
    elasticache.send(new DescribeCacheParameterGroupsCommand({})),
  ]);
  const ours = (parameterGroups.CacheParameterGroups ?? []).filter(
    ({ CacheParameterGroupName }) => !CacheParameterGroupName!.startsWith('default.'),
  );
  return {
    replicationGroups: groups.ReplicationGroups!.map((one) => {
      const node = clusters.CacheClusters!.find(({ ReplicationGroupId }) => {
        return ReplicationGroupId === one.ReplicationGroupId;
      });
      return {
        name: one.ReplicationGroupId,
        status: one.Status,
        nodes: one.MemberClusters?.length,
        nodeType: one.CacheNodeType,
        engine: node?.Engine,
        majorVersion: node?.EngineVersion?.split('.')[0],
        port: one.NodeGroups?.[0]?.PrimaryEndpoint?.Port,
        parameterGroup: node?.CacheParameterGroup?.CacheParameterGroupName,
        subnetGroup: node?.CacheSubnetGroupName,
        securityGroups: node?.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId),
        atRest: one.AtRestEncryptionEnabled,
        inTransit: one.TransitEncryptionEnabled,
        failover: one.AutomaticFailover,
        multiAz: one.MultiAZ,
        snapshots: one.SnapshotRetentionLimit,
        minorUpgrades: one.AutoMinorVersionUpgrade,
      };
    }),
    cacheSubnetGroups: subnetGroups.CacheSubnetGroups!.map((one) => ({
      name: one.CacheSubnetGroupName,
      subnets: one.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
    })),
    cacheParameterGroups: await Promise.all(
      ours.map(async ({ CacheParameterGroupName, CacheParameterGroupFamily }) => {
        const { Parameters } = await elasticache.send(
          new DescribeCacheParametersCommand({ CacheParameterGroupName, Source: 'user' }),
        );
        return {
          name: CacheParameterGroupName,
          family: CacheParameterGroupFamily,
          parameters: Parameters?.map((one) => `${one.ParameterName}=${one.ParameterValue}`),
        };
      }),
    ),
  };
}
