import type { Endpoint, NodeGroup, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { arnOf } from './arn.ts';
import { primaryOf, type StoredMember, type StoredReplicationGroup } from './state.ts';
import { statusOf } from './status.ts';

/** A replication group as DescribeReplicationGroups tells of it. */
export function replicationGroupShape(call: Call, group: StoredReplicationGroup): ReplicationGroup {
  const Status = statusOf(call, group);
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    Status,
    ARN: arnOf(call, 'replicationgroup', group.id),
    Engine: group.engine,
    MemberClusters: group.members.map(({ cacheClusterId }) => cacheClusterId),
    NodeGroups: Status === 'creating' ? [] : [nodeGroup(group, Status)],
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    PendingModifiedValues: {},
    CacheNodeType: group.nodeType,
    ClusterEnabled: false,
    ClusterMode: 'disabled',
    AtRestEncryptionEnabled: group.atRestEncryption,
    TransitEncryptionEnabled: group.transit !== 'off',
    ...(group.transit === 'off' ? {} : { TransitEncryptionMode: group.transit }),
    AuthTokenEnabled: group.authToken,
    ...(group.authToken ? { AuthTokenLastModifiedDate: new Date(group.authTokenAt ?? group.createdAt) } : {}),
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: group.snapshotRetention,
    SnapshotWindow: group.snapshotWindow,
    ReplicationGroupCreateTime: new Date(group.createdAt),
    DataTiering: 'disabled',
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
    UserGroupIds: [],
    LogDeliveryConfigurations: [],
  };
}

/** Where a member, or the primary endpoint, listens. */
export function endpointOf({ host, port }: Pick<StoredMember, 'host' | 'port'>): Endpoint {
  return { Address: host, Port: port };
}

/** Reading goes to a replica where there is one. */
function nodeGroup(group: StoredReplicationGroup, Status: string): NodeGroup {
  const { members, endpoint } = group;
  const primary = primaryOf(group);
  const reader = members.find((member) => member !== primary) ?? primary;
  return {
    NodeGroupId: '0001',
    Status,
    PrimaryEndpoint: endpointOf(endpoint ?? primary),
    ReaderEndpoint: endpointOf(reader),
    NodeGroupMembers: members.map((member) => ({
      CacheClusterId: member.cacheClusterId,
      CacheNodeId: '0001',
      ReadEndpoint: endpointOf(member),
      PreferredAvailabilityZone: member.availabilityZone,
      CurrentRole: member === primary ? 'primary' : 'replica',
    })),
  };
}
