import type { Limits } from './limit.ts';

const reference = 'https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference';
const identifier = { pattern: /[A-Za-z](-?[A-Za-z0-9])*/, ownWords: true } as const;
const window = /(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d/;

export const elasticache: Limits = {
  ReplicationGroupId: { page: `${reference}/API_CreateReplicationGroup.html`, maxLength: 40, ...identifier },
  ServerlessCacheName: { page: `${reference}/API_CreateServerlessCache.html`, maxLength: 40, ...identifier },
  CacheSubnetGroupName: {
    page: `${reference}/API_CreateCacheSubnetGroup.html`,
    maxLength: 255,
    ...identifier,
  },
  CacheParameterGroupName: {
    page: `${reference}/API_CreateCacheParameterGroup.html`,
    maxLength: 255,
    ...identifier,
  },
  CacheParameterGroupFamily: {
    page: `${reference}/API_CreateCacheParameterGroup.html`,
    pattern: /memcached1\.[456]|redis2\.[68]|redis[3456]\.[x\d]|redis7|valkey[789]/,
    ownWords: true,
  },
  CacheNodeType: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    pattern: /cache\.[a-z0-9-]+\.[a-z0-9]+/,
    ownWords: true,
  },
  Engine: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    pattern: /redis|valkey|memcached/,
    ownWords: true,
  },
  EngineVersion: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    pattern: /\d+\.[\dx]+(\.\d+)?/,
    ownWords: true,
  },
  AuthToken: {
    page: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html',
    minLength: 16,
    maxLength: 128,
    pattern: /[A-Za-z0-9!&#$^<>-]*/,
    ownWords: true,
  },
  Port: { page: `${reference}/API_CreateReplicationGroup.html`, min: 1024, max: 65535 },
  NumCacheClusters: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    min: 1,
    max: 6,
    ownWords: true,
  },
  ReplicasPerNodeGroup: { page: `${reference}/API_CreateReplicationGroup.html`, min: 0, max: 5 },
  NumNodeGroups: {
    page: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.NodeGroups.html',
    min: 1,
    max: 500,
  },
  NodeGroupCount: {
    page: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.NodeGroups.html',
    min: 1,
    max: 500,
  },
  NewReplicaCount: { page: `${reference}/API_IncreaseReplicaCount.html`, min: 0, max: 5, ownWords: true },
  SnapshotRetentionLimit: { page: `${reference}/API_CreateReplicationGroup.html`, min: 0, max: 35 },
  PreferredMaintenanceWindow: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    pattern: window,
    ownWords: true,
  },
  SnapshotWindow: {
    page: `${reference}/API_CreateReplicationGroup.html`,
    pattern: /\d\d:\d\d-\d\d:\d\d/,
    ownWords: true,
  },
  MaxRecords: { page: `${reference}/API_DescribeReplicationGroups.html`, min: 20, max: 100 },
  SecurityGroupIds: { page: `${reference}/API_CreateReplicationGroup.html`, maxItems: 5 },
  'Tag.Key': {
    page: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Tagging-Resources.html',
    minLength: 1,
    maxLength: 128,
  },
  'Tag.Value': {
    page: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Tagging-Resources.html',
    maxLength: 256,
  },
};
