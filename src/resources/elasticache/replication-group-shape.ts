import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';

/** What is wanted of a replication group. */
export interface ReplicationGroupProps {
  /** Lower case. */
  replicationGroupId: string;
  engine: string;
  engineVersion: string;
  nodeType: string;
  /** 0–5, besides the primary. Where there is one, it takes the primary's place by itself when that fails. */
  replicas: number;
  /** Whether the nodes are spread over zones; needs a replica. */
  multiAz: boolean;
  port: number;
  parameterGroup: string;
  subnetGroup: string;
  securityGroupIds: string[];
  atRestEncryption: boolean;
  transitEncryption: boolean;
  autoMinorVersionUpgrade: boolean;
  /** Days that daily snapshots are kept; 0 is none. */
  snapshotRetention: number;
  /** `sun:03:00-sun:04:00`; where it has no value, AWS chooses one and keeps it. */
  maintenanceWindow: string | undefined;
}

/** A replication group as ElastiCache reports it. Without a value is what it does not tell yet, while the group is being made. */
export interface ReplicationGroupAttrs extends Partial<ReplicationGroupProps> {
  replicationGroupId: string;
  arn: string;
  /** `creating`, `available`, `modifying`, `snapshotting`, `deleting`, `create-failed`. */
  status: string;
  /** The primary endpoint: it follows a fail-over. */
  host: string | undefined;
  automaticFailover: boolean;
}

/** A replication group and any one of its nodes, which all have the same settings, in one. */
export function attrsOf(group: ReplicationGroup, member: CacheCluster | undefined): ReplicationGroupAttrs {
  const endpoint = group.NodeGroups?.[0]?.PrimaryEndpoint;
  return {
    replicationGroupId: group.ReplicationGroupId!,
    arn: group.ARN!,
    status: group.Status!,
    host: endpoint?.Address,
    port: endpoint?.Port,
    engine: member?.Engine,
    engineVersion: member?.EngineVersion,
    nodeType: group.CacheNodeType,
    replicas: group.MemberClusters && group.MemberClusters.length - 1,
    multiAz: isOn(group.MultiAZ),
    automaticFailover: isOn(group.AutomaticFailover),
    parameterGroup: member?.CacheParameterGroup?.CacheParameterGroupName,
    subnetGroup: member?.CacheSubnetGroupName,
    securityGroupIds: member?.SecurityGroups?.map((one) => one.SecurityGroupId!),
    atRestEncryption: group.AtRestEncryptionEnabled,
    transitEncryption: group.TransitEncryptionEnabled,
    autoMinorVersionUpgrade: group.AutoMinorVersionUpgrade ?? member?.AutoMinorVersionUpgrade,
    snapshotRetention: group.SnapshotRetentionLimit,
    maintenanceWindow: member?.PreferredMaintenanceWindow,
  };
}

/** What is being switched on counts as on. */
function isOn(state: string | undefined): boolean {
  return state === 'enabled' || state === 'enabling';
}
