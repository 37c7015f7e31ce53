import { cacheParameterGroup } from '../resources/elasticache/parameter-group.ts';
import { accessTag, replicationGroupAccess } from '../resources/elasticache/replication-group-access.ts';
import { replicationGroup } from '../resources/elasticache/replication-group.ts';
import { serverlessCache } from '../resources/elasticache/serverless-cache.ts';
import { cacheSubnetGroup } from '../resources/elasticache/subnet-group.ts';
import { block, link, links, words } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** Redis or Valkey in each of its forms. Auth tokens are never read, and so never written. */
export const elasticache: Mapping[] = [
  mapping(cacheSubnetGroup, ({ attrs, name, tags }) => [
    {
      type: 'aws_elasticache_subnet_group',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name' },
      body: {
        name: attrs.name,
        description: attrs.description,
        subnet_ids: links(attrs.subnetIds),
        tags: tags(),
      },
    },
  ]),
  mapping(cacheParameterGroup, ({ attrs, name, tags }) => [
    {
      type: 'aws_elasticache_parameter_group',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name' },
      body: {
        name: attrs.name,
        family: attrs.family,
        description: attrs.description,
        tags: tags(),
        parameter: Object.entries(attrs.parameters)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([parameter, value]) => block({ name: parameter, value })),
      },
    },
  ]),
  mapping(replicationGroup, ({ attrs, name, tags }, stack) => {
    const isCluster = attrs.clusterMode === 'enabled';
    const access = stack
      .of(replicationGroupAccess)
      .find((one) => one.attrs.replicationGroupId === attrs.replicationGroupId);
    const hasToken = attrs.authTokenSince !== 'none';
    return [
      {
        type: 'aws_elasticache_replication_group',
        name,
        importId: attrs.replicationGroupId,
        known: { [attrs.replicationGroupId]: 'id' },
        ...(hasToken && { comment: 'The auth token stays what it is: nothing here knows it.' }),
        body: {
          replication_group_id: attrs.replicationGroupId,
          description: attrs.description,
          engine: attrs.engine,
          engine_version: attrs.engineVersion && versionFor(attrs.engineVersion),
          node_type: attrs.nodeType,
          port: attrs.port,
          cluster_mode: attrs.clusterMode,
          ...(isCluster
            ? { num_node_groups: attrs.shards, replicas_per_node_group: attrs.replicas }
            : { num_cache_clusters: attrs.replicas === undefined ? undefined : 1 + attrs.replicas }),
          automatic_failover_enabled: attrs.automaticFailover,
          multi_az_enabled: attrs.multiAz,
          parameter_group_name:
            attrs.parameterGroup && link(attrs.parameterGroup, 'aws_elasticache_parameter_group'),
          subnet_group_name: attrs.subnetGroup && link(attrs.subnetGroup, 'aws_elasticache_subnet_group'),
          security_group_ids: links(attrs.securityGroupIds),
          at_rest_encryption_enabled: attrs.atRestEncryption,
          transit_encryption_enabled: attrs.transit !== 'off',
          transit_encryption_mode: attrs.transit === 'off' ? undefined : attrs.transit,
          auto_minor_version_upgrade: attrs.autoMinorVersionUpgrade,
          snapshot_retention_limit: attrs.snapshotRetention,
          maintenance_window: attrs.maintenanceWindow,
          tags: tags({ [accessTag]: access?.attrs.token }),
          ...(hasToken && { lifecycle: block({ ignore_changes: [words('auth_token')] }) }),
        },
      },
    ];
  }),
  // It is settings and a tag of the replication group, which has them above.
  mapping(replicationGroupAccess, () => []),
  mapping(serverlessCache, ({ attrs, name, tags }) => [
    {
      type: 'aws_elasticache_serverless_cache',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name' },
      body: {
        name: attrs.name,
        description: attrs.description,
        engine: attrs.engine,
        major_engine_version: attrs.majorVersion,
        subnet_ids: links(attrs.subnetIds),
        security_group_ids: links(attrs.securityGroupIds),
        snapshot_retention_limit: attrs.snapshotRetention,
        tags: tags(),
      },
    },
  ]),
];

/** From version 6 on the provider takes major and minor version, and no more. */
function versionFor(version: string): string {
  const [major = '', minor = '0'] = version.split('.');
  return Number(major) >= 6 ? `${major}.${minor}` : version;
}
