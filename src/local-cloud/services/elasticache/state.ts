import type { Tag } from '@aws-sdk/client-elasticache';
import { store } from '../../cloud.ts';
import type { SlotRange } from '../../runtime/data-plane.ts';

export interface StoredSubnetGroup {
  name: string;
  description: string;
  vpcId: string;
  subnetIds: string[];
  tags: Tag[];
}

export interface StoredParameterGroup {
  name: string;
  family: string;
  description: string;
  /** What differs from the family's defaults. */
  values: Record<string, string>;
  tags: Tag[];
}

/** One node of a replication group; ElastiCache calls it a cache cluster of one node. */
export interface StoredMember {
  cacheClusterId: string;
  /** Which node group it is part of. */
  nodeGroupId: string;
  availabilityZone: string;
  networkInterfaceId: string;
  host: string;
  port: number;
}

/** A primary and its replicas: ElastiCache's word for a shard. */
export interface StoredNodeGroup {
  /** `0001`, `0002`, … */
  id: string;
  /** Which of its members is the primary, by its id. */
  primary: string;
  /** None where cluster mode is disabled. */
  slots: SlotRange[];
}

/** Times are milliseconds since 1970 on the cloud's clock; the status follows from them (status.ts). */
export interface StoredReplicationGroup {
  id: string;
  description: string;
  engine: string;
  /** As a node reports it: `7.1.0`. */
  engineVersion: string;
  nodeType: string;
  parameterGroup: string;
  /** The values that the nodes were started with. */
  startedWith: Record<string, string>;
  subnetGroup: string;
  securityGroupIds: string[];
  clusterEnabled: boolean;
  durability: 'default' | 'sync' | 'async' | 'disabled';
  automaticFailover: boolean;
  multiAz: boolean;
  atRestEncryption: boolean;
  transit: 'off' | 'preferred' | 'required';
  authToken: boolean;
  /** When the token was set last. */
  authTokenAt?: number;
  autoMinorVersionUpgrade: boolean;
  snapshotRetention: number;
  snapshotWindow: string;
  maintenanceWindow: string;
  /** What waits for the maintenance window. */
  pending: { nodeType?: string; engineVersion?: string };
  tags: Tag[];
  members: StoredMember[];
  /** One where cluster mode is disabled. */
  nodeGroups: StoredNodeGroup[];
  /** The port that was asked for. */
  port: number;
  /** Where the primary, of a cluster that of the first node group, answers besides its own address, whichever member it is; not there on a machine without loopback aliases. */
  endpoint?: { host: string; port: number };
  createdAt: number;
  answeredAt?: number;
  modifiedAt?: number;
  deletedAt?: number;
}

/** The member of a node group that takes writes; without one named, of the first. */
export function primaryOf(
  { id, members, nodeGroups }: StoredReplicationGroup,
  nodeGroupId = nodeGroups[0]?.id,
): StoredMember {
  const primary = nodeGroups.find((nodeGroup) => nodeGroup.id === nodeGroupId)?.primary;
  const found = members.find(({ cacheClusterId }) => cacheClusterId === primary);
  if (found === undefined) throw new Error(`replication group ${id} has no member ${primary}`);
  return found;
}

/** The members of a node group besides its primary. */
export function replicasOf(group: StoredReplicationGroup, nodeGroupId: string): StoredMember[] {
  const primary = primaryOf(group, nodeGroupId);
  return group.members.filter((member) => member.nodeGroupId === nodeGroupId && member !== primary);
}

/** Times as in a replication group. */
export interface StoredServerlessCache {
  name: string;
  description: string;
  engine: string;
  majorVersion: string;
  securityGroupIds: string[];
  subnetIds: string[];
  snapshotRetention: number;
  tags: Tag[];
  endpoint?: { host: string; port: number };
  networkInterfaceId?: string;
  createdAt: number;
  answeredAt?: number;
  modifiedAt?: number;
  deletedAt?: number;
}

/** All of ElastiCache in one region, by name; names are in lower case. */
export interface ElastiCacheState {
  subnetGroups: Map<string, StoredSubnetGroup>;
  parameterGroups: Map<string, StoredParameterGroup>;
  replicationGroups: Map<string, StoredReplicationGroup>;
  serverlessCaches: Map<string, StoredServerlessCache>;
}

/** ElastiCache's state in the region of a call. */
export const elastiCacheState = store<ElastiCacheState>('elasticache', () => ({
  subnetGroups: new Map(),
  parameterGroups: new Map(),
  replicationGroups: new Map(),
  serverlessCaches: new Map(),
}));
