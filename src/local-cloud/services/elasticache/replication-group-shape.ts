import type { Endpoint, NodeGroup, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { arnOf } from './arn.ts';
import { slotsText } from './slots.ts';
import {
  primaryOf,
  replicasOf,
  type StoredMember,
  type StoredNodeGroup,
  type StoredReplicationGroup,
} from './state.ts';
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
    NodeGroups:
      Status === 'creating' ? [] : group.nodeGroups.map((one) => nodeGroupShape(group, one, Status)),
    ...(group.clusterEnabled && Status !== 'creating'
      ? { ConfigurationEndpoint: endpointOf(group.endpoint ?? primaryOf(group)) }
      : {}),
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    PendingModifiedValues: {},
    CacheNodeType: group.nodeType,
    ClusterEnabled: group.clusterEnabled,
    ClusterMode: group.clusterEnabled ? 'enabled' : 'disabled',
    Durability: group.durability,
    EffectiveDurability: group.durability === 'default' ? 'disabled' : group.durability,
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

/** Of a cluster, the members are told by their slots alone; else reading goes to a replica where there is one. */
function nodeGroupShape(
  group: StoredReplicationGroup,
  nodeGroup: StoredNodeGroup,
  Status: string,
): NodeGroup {
  const primary = primaryOf(group, nodeGroup.id);
  const replicas = replicasOf(group, nodeGroup.id);
  const members = group.members.filter(({ nodeGroupId }) => nodeGroupId === nodeGroup.id);
  const told = members.map((member) => ({
    CacheClusterId: member.cacheClusterId,
    CacheNodeId: '0001',
    PreferredAvailabilityZone: member.availabilityZone,
  }));
  if (group.clusterEnabled) {
    return { NodeGroupId: nodeGroup.id, Status, Slots: slotsText(nodeGroup.slots), NodeGroupMembers: told };
  }
  return {
    NodeGroupId: nodeGroup.id,
    Status,
    PrimaryEndpoint: endpointOf(group.endpoint ?? primary),
    ReaderEndpoint: endpointOf(replicas[0] ?? primary),
    NodeGroupMembers: members.map((member, index) => ({
      ...told[index],
      ReadEndpoint: endpointOf(member),
      CurrentRole: member === primary ? 'primary' : 'replica',
    })),
  };
}
