import type { Tag } from '@aws-sdk/client-elasticache';
import { store } from '../../cloud.ts';

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
  availabilityZone: string;
  networkInterfaceId: string;
  host: string;
  port: number;
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
  /** Which of the members is the primary, by its id. */
  primary: string;
  /** The port that was asked for. */
  port: number;
  /** Where the primary answers besides its own address, whichever member it is; not there on a machine without loopback aliases. */
  endpoint?: { host: string; port: number };
  createdAt: number;
  answeredAt?: number;
  modifiedAt?: number;
  deletedAt?: number;
}

/** The member that takes writes. */
export function primaryOf({ id, members, primary }: StoredReplicationGroup): StoredMember {
  const found = members.find(({ cacheClusterId }) => cacheClusterId === primary);
  if (found === undefined) throw new Error(`replication group ${id} has no member ${primary}`);
  return found;
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
