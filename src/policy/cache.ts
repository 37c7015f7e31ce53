import { allow, arnsOf } from './statement.ts';
import type { PolicyInput, Statement } from './statement.ts';

/** Redis and its groups, by name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html). */
export function cacheStatements(input: PolicyInput): Statement[] {
  const { names, identity } = input;
  const own = arnsOf(input, 'elasticache')(
    `cluster:${names.replicationGroup}-*`,
    `parametergroup:*-${identity.hash}-*`,
    `replicationgroup:${names.replicationGroup}`,
    `serverlesscache:${names.replicationGroup}`,
    `subnetgroup:${names.cacheSubnetGroup}`,
  );
  return [
    allow(
      'OwnCache',
      'elasticache',
      [
        'AddTagsToResource',
        'CreateCacheParameterGroup',
        'CreateCacheSubnetGroup',
        'CreateReplicationGroup',
        'CreateServerlessCache',
        'DecreaseReplicaCount',
        'DeleteCacheParameterGroup',
        'DeleteCacheSubnetGroup',
        'DeleteReplicationGroup',
        'DeleteServerlessCache',
        'IncreaseReplicaCount',
        'ListTagsForResource',
        'ModifyCacheParameterGroup',
        'ModifyCacheSubnetGroup',
        'ModifyReplicationGroup',
        'ModifyReplicationGroupShardConfiguration',
        'ModifyServerlessCache',
        'RemoveTagsFromResource',
        'ResetCacheParameterGroup',
      ],
      own,
    ),
  ];
}
