import type { Operations } from '../../operation.ts';
import { cacheClusterOperations } from './cache-cluster.ts';
import { cacheParameterGroupOperations } from './cache-parameter-group.ts';
import { cacheParameterOperations } from './cache-parameter.ts';
import { cacheSubnetGroupOperations } from './cache-subnet-group.ts';
import { engineVersionOperations } from './engine-version.ts';
import { replicaCountOperations } from './replica-count.ts';
import { replicationGroupOperations } from './replication-group.ts';
import { shardConfigurationOperations } from './shard-configuration.ts';
import { serverlessCacheOperations } from './serverless-cache.ts';
import { tagOperations } from './tag.ts';
import { testFailoverOperations } from './test-failover.ts';

export const operations: Operations = {
  ...cacheClusterOperations,
  ...cacheParameterGroupOperations,
  ...cacheParameterOperations,
  ...cacheSubnetGroupOperations,
  ...engineVersionOperations,
  ...replicaCountOperations,
  ...replicationGroupOperations,
  ...serverlessCacheOperations,
  ...shardConfigurationOperations,
  ...tagOperations,
  ...testFailoverOperations,
};
