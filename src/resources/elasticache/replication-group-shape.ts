import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';

/** A password, and since when it is the one: AWS never tells a password, only when it was set. */
export interface AuthToken {
  value: string;
  /** ISO 8601, to the second. */
  since: string;
}

/** What is wanted of a replication group. */
export interface ReplicationGroupProps {
  /** Lower case. */
  replicationGroupId: string;
  engine: string;
  engineVersion: string;
  nodeType: string;
  /** Whether the keys are spread over shards. */
  clusterMode: 'enabled' | 'disabled';
  /** 1 where cluster mode is disabled. */
  shards: number;
  /** 0–5, besides the primary of each shard. Where there is one, it takes the primary's place by itself when that fails. */
  replicas: number;
  /** Whether the nodes are spread over zones; needs a replica. */
  multiAz: boolean;
  /** `sync`: what was acknowledged survives every fail-over. */
  durability: 'default' | 'sync';
  port: number;
  parameterGroup: string;
  subnetGroup: string;
  securityGroupIds: string[];
  atRestEncryption: boolean;
  /** Whether tasks connect encrypted. Changed later, both kinds of connections are taken until replication-group-access.ts ends it. */
  transitEncryption: boolean;
  /** What opens it. Changed later, the one before opens it too until replication-group-access.ts ends it. */
  authToken: AuthToken | undefined;
  autoMinorVersionUpgrade: boolean;
  /** Days that daily snapshots are kept; 0 is none. */
  snapshotRetention: number;
  /** `sun:03:00-sun:04:00`; where it has no value, AWS chooses one and keeps it. */
  maintenanceWindow: string | undefined;
}

/** A replication group as ElastiCache reports it. Without a value is what it does not tell yet, while the group is being made. */
export interface ReplicationGroupAttrs extends Partial<
  Omit<ReplicationGroupProps, 'transitEncryption' | 'authToken' | 'durability'>
> {
  replicationGroupId: string;
  arn: string;
  description: string;
  /** `creating`, `available`, `modifying`, `snapshotting`, `deleting`, `create-failed`. */
  status: string;
  /** The primary endpoint, which follows a fail-over; of a cluster, the configuration endpoint, which tells of all nodes. */
  host: string | undefined;
  /** The availability zone of each node, by its id. */
  zones: Record<string, string>;
  /** `0001`, `0002`, …, in this order; none while the group is being made. */
  nodeGroupIds: string[];
  /** `default` where nothing is kept beyond the nodes. */
  durability: 'default' | 'sync' | 'async';
  automaticFailover: boolean;
  transit: 'off' | 'preferred' | 'required';
  /** When the auth token was set, like {@link AuthToken.since}; `none` without one. */
  authTokenSince: string;
}

/** A replication group and any one of its nodes, which all have the same settings, in one. */
export function attrsOf(group: ReplicationGroup, member: CacheCluster | undefined): ReplicationGroupAttrs {
  const { NodeGroups = [], MemberClusters } = group;
  const endpoint = group.ConfigurationEndpoint ?? NodeGroups[0]?.PrimaryEndpoint;
  return {
    replicationGroupId: group.ReplicationGroupId!,
    arn: group.ARN!,
    description: group.Description ?? '',
    status: group.Status!,
    host: endpoint?.Address,
    port: endpoint?.Port,
    engine: member?.Engine,
    engineVersion: member?.EngineVersion,
    nodeType: group.CacheNodeType,
    clusterMode: group.ClusterEnabled === true ? 'enabled' : 'disabled',
    shards: NodeGroups.length || undefined,
    zones: Object.fromEntries(
      NodeGroups.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers).map(
        ({ CacheClusterId, PreferredAvailabilityZone }) => [CacheClusterId!, PreferredAvailabilityZone ?? ''],
      ),
    ),
    nodeGroupIds: NodeGroups.map((one) => one.NodeGroupId!).toSorted(),
    // A shard that lacks one is enough to see it.
    replicas:
      group.ClusterEnabled === true
        ? NodeGroups.map((one) => (one.NodeGroupMembers ?? []).length - 1).toSorted((a, b) => a - b)[0]
        : MemberClusters && MemberClusters.length - 1,
    durability: durabilityOf(group),
    multiAz: isOn(group.MultiAZ),
    automaticFailover: isOn(group.AutomaticFailover),
    parameterGroup: member?.CacheParameterGroup?.CacheParameterGroupName,
    subnetGroup: member?.CacheSubnetGroupName,
    securityGroupIds: member?.SecurityGroups?.map((one) => one.SecurityGroupId!),
    atRestEncryption: group.AtRestEncryptionEnabled,
    transit: transitOf(group),
    authTokenSince: group.AuthTokenEnabled ? secondsOf(group.AuthTokenLastModifiedDate) : 'none',
    autoMinorVersionUpgrade: group.AutoMinorVersionUpgrade ?? member?.AutoMinorVersionUpgrade,
    snapshotRetention: group.SnapshotRetentionLimit,
    maintenanceWindow: member?.PreferredMaintenanceWindow,
  };
}

/** Whether a replica takes the place of a primary that fails; a cluster must say so even without replicas. */
export function failsOver({ replicas, clusterMode }: ReplicationGroupProps): boolean {
  return replicas > 0 || clusterMode === 'enabled';
}

/** Which kinds of connections a group takes: plain ones, both, or encrypted ones. */
export function transitOf(group: ReplicationGroup): 'off' | 'preferred' | 'required' {
  if (group.TransitEncryptionEnabled !== true) return 'off';
  return group.TransitEncryptionMode === 'preferred' ? 'preferred' : 'required';
}

/** What `default` comes to is AWS's choice, and not a change. */
function durabilityOf({
  Durability,
  EffectiveDurability,
}: ReplicationGroup): ReplicationGroupAttrs['durability'] {
  const effective = Durability === 'default' ? Durability : (EffectiveDurability ?? Durability);
  return effective === 'sync' || effective === 'async' ? effective : 'default';
}

/** ISO 8601, to the second. */
function secondsOf(date: Date = new Date(0)): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** What is being switched on counts as on. */
function isOn(state: string | undefined): boolean {
  return state === 'enabled' || state === 'enabling';
}
