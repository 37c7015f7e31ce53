import type {
  CacheCluster,
  CacheClusterMessage,
  DescribeCacheClustersMessage,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { arnOf } from './arn.ts';
import { mustFindParameterGroup } from './cache-parameter-group.ts';
import { directivesOf } from './cache-parameter.ts';
import { answers } from './nodes.ts';
import { pageOf } from './page.ts';
import { endpointOf } from './replication-group-shape.ts';
import { elastiCacheState, type StoredMember, type StoredReplicationGroup } from './state.ts';
import { statusOf, sweep } from './status.ts';

export const cacheClusterOperations: Operations = { DescribeCacheClusters };

/** Here every cache cluster is a member of a replication group. */
function DescribeCacheClusters(input: DescribeCacheClustersMessage, call: Call): CacheClusterMessage {
  sweep(call);
  const all = [...elastiCacheState(call).replicationGroups.values()].flatMap((group) =>
    group.members.map((member) => ({ group, member })),
  );
  const id = input.CacheClusterId?.toLowerCase();
  const named = all.filter(({ member }) => id === undefined || member.cacheClusterId === id);
  if (id !== undefined && named.length === 0) {
    throw new AwsError('CacheClusterNotFound', `CacheCluster not found: ${id}`, 404);
  }
  const asked = input.ShowCacheClustersNotInReplicationGroups === true ? [] : named;
  const { page, Marker } = pageOf(asked, input);
  return {
    CacheClusters: page.map(({ group, member }) => ({
      ...told(call, group, member),
      ...(input.ShowCacheNodeInfo === true ? { CacheNodes: nodes(call, group, member) } : {}),
    })),
    Marker,
  };
}

function told(call: Call, group: StoredReplicationGroup, member: StoredMember): CacheCluster {
  return {
    CacheClusterId: member.cacheClusterId,
    ReplicationGroupId: group.id,
    ARN: arnOf(call, 'cluster', member.cacheClusterId),
    CacheClusterStatus: memberStatus(call, group, member),
    CacheClusterCreateTime: new Date(group.createdAt),
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: member.availabilityZone,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    PendingModifiedValues: {
      CacheNodeType: group.pending.nodeType,
      EngineVersion: group.pending.engineVersion,
    },
    CacheSecurityGroups: [],
    SecurityGroups: group.securityGroupIds.map((SecurityGroupId) => ({ SecurityGroupId, Status: 'active' })),
    CacheParameterGroup: {
      CacheParameterGroupName: group.parameterGroup,
      ParameterApplyStatus: applyStatus(call, group),
      CacheNodeIdsToReboot: applyStatus(call, group) === 'in-sync' ? [] : ['0001'],
    },
    CacheSubnetGroupName: group.subnetGroup,
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: group.snapshotRetention,
    SnapshotWindow: group.snapshotWindow,
    AuthTokenEnabled: group.authToken,
    TransitEncryptionEnabled: group.transit !== 'off',
    ...(group.transit === 'off' ? {} : { TransitEncryptionMode: group.transit }),
    AtRestEncryptionEnabled: group.atRestEncryption,
    ReplicationGroupLogDeliveryEnabled: false,
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
  };
}

/** A node whose process died and is being replaced says so. */
function memberStatus(call: Call, group: StoredReplicationGroup, member: StoredMember): string {
  const status = statusOf(call, group);
  return status === 'modifying' && !answers(call, group, member) ? 'rebooting cluster nodes' : status;
}

/** Values that were set after the start are not in force: a node reads them when it is started. */
function applyStatus(call: Call, group: StoredReplicationGroup): string {
  const wanted = directivesOf(mustFindParameterGroup(call, group.parameterGroup));
  const same = JSON.stringify(wanted) === JSON.stringify(group.startedWith);
  return same ? 'in-sync' : 'pending-reboot';
}

function nodes(call: Call, group: StoredReplicationGroup, member: StoredMember) {
  if (statusOf(call, group) === 'creating') return [];
  return [
    {
      CacheNodeId: '0001',
      CacheNodeStatus: memberStatus(call, group, member),
      CacheNodeCreateTime: new Date(group.createdAt),
      Endpoint: endpointOf(member),
      ParameterGroupStatus: applyStatus(call, group),
      CustomerAvailabilityZone: member.availabilityZone,
    },
  ];
}
