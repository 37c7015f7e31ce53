import type {
  CreateReplicationGroupMessage,
  CreateReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { directivesOf } from './cache-parameter.ts';
import { mustFindSubnetGroup } from './cache-subnet-group.ts';
import { resolveEngine } from './engine-version.ts';
import { identifier, invalidCombination, invalidValue } from './errors.ts';
import { addMembers, memberStem } from './members.ts';
import { mustRunHere } from './machine.ts';
import { startNodes } from './nodes.ts';
import {
  checkAuthToken,
  checkAvailability,
  checkDurability,
  checkUpkeep,
  nodeTypeOf,
  parameterGroupFor,
  securityGroupsFor,
  transitWanted,
} from './replication-group-checks.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { checkShards, nodeGroupIdOf } from './shard-configuration.ts';
import { spreadSlots } from './slots.ts';
import { elastiCacheState, type StoredParameterGroup, type StoredReplicationGroup } from './state.ts';
import { sweep } from './status.ts';
import { mergeTags } from './tag-list.ts';

/**
 * ElastiCache's order: id, is it taken, engine and version, node type, parameter group, subnet group, security groups,
 * availability, encryption, upkeep, tags. Then what AWS does not know: is there a server for that on this machine
 * (ChatopsNoRedis), and does it start (ChatopsCacheNodeFailed). Whatever fails, nothing is left.
 */
export async function CreateReplicationGroup(
  input: CreateReplicationGroupMessage,
  call: Call,
): Promise<CreateReplicationGroupResult> {
  const { clock } = call.cloud;
  const group = wantedGroup(input, call);
  const { replicationGroups } = elastiCacheState(call);
  // On record before the first wait, so that a second call with the same id meets it.
  replicationGroups.set(group.id, group);
  try {
    await mustRunHere(call, { ...group, nodes: nodesWanted(input) });
    group.endpoint = await endpointFor(call.cloud, group.port);
    for (const { id } of group.nodeGroups) {
      await addMembers(call, group, id, nodesWanted(input), input.PreferredCacheClusterAZs);
    }
    await startNodes(call, group, input.AuthToken === undefined ? [] : [input.AuthToken]).catch(
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new AwsError('ChatopsCacheNodeFailed', `the cache server does not start: ${why}`);
      },
    );
  } catch (error) {
    group.deletedAt = -Infinity;
    sweep(call);
    throw error;
  }
  const answer = { ReplicationGroup: replicationGroupShape(call, group) };
  group.answeredAt = clock.now();
  return answer;
}

function wantedGroup(input: CreateReplicationGroupMessage, call: Call): StoredReplicationGroup {
  const id = identifier('ReplicationGroupId', input.ReplicationGroupId, 40);
  sweep(call);
  if (elastiCacheState(call).replicationGroups.has(id)) {
    throw new AwsError(
      'ReplicationGroupAlreadyExists',
      `Replication group with specified id ${id} already exists.`,
    );
  }
  refuseUnknown(input);
  const engine = resolveEngine(input.Engine ?? 'redis', input.EngineVersion);
  const parameterGroup = parameterGroupFor(call, input.CacheParameterGroupName, engine);
  const clusterEnabled = clusterWanted(input, parameterGroup);
  const shards = shardsWanted(input, clusterEnabled);
  const slots = clusterEnabled ? spreadSlots(Array.from({ length: shards }, () => [])) : [[]];
  const nodeType = nodeTypeOf(input.CacheNodeType);
  const subnetGroup = mustFindSubnetGroup(call, input.CacheSubnetGroupName ?? 'default');
  const group: StoredReplicationGroup = {
    id,
    description: input.ReplicationGroupDescription ?? '',
    engine: engine.engine,
    engineVersion: engine.reported,
    nodeType,
    parameterGroup: parameterGroup.name,
    startedWith: directivesOf(parameterGroup),
    subnetGroup: subnetGroup.name,
    securityGroupIds: securityGroupsFor(call, input.SecurityGroupIds, subnetGroup),
    clusterEnabled,
    durability: input.Durability ?? 'default',
    automaticFailover: input.AutomaticFailoverEnabled ?? false,
    multiAz: input.MultiAZEnabled ?? false,
    atRestEncryption: input.AtRestEncryptionEnabled ?? false,
    transit: transitWanted(input, 'off'),
    authToken: input.AuthToken !== undefined,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    snapshotRetention: input.SnapshotRetentionLimit ?? 0,
    snapshotWindow: input.SnapshotWindow ?? '03:00-04:00',
    maintenanceWindow: (input.PreferredMaintenanceWindow ?? 'sun:05:00-sun:06:00').toLowerCase(),
    pending: {},
    tags: [],
    members: [],
    nodeGroups: slots.map((ranges, index) => {
      const nodeGroupId = nodeGroupIdOf(index + 1);
      return {
        id: nodeGroupId,
        primary: `${memberStem({ id, clusterEnabled }, nodeGroupId)}-001`,
        slots: ranges,
      };
    }),
    port: input.Port ?? 6379,
    createdAt: call.now.getTime(),
  };
  const nodes = nodesWanted(input);
  checkAvailability({ ...group, nodes });
  checkDurability(group, engine);
  checkAuthToken(input.AuthToken, group.transit);
  checkUpkeep(input);
  group.tags = mergeTags([], input.Tags);
  return group;
}

/** What AWS has and the local cloud has not is refused, not left out. */
function refuseUnknown(input: CreateReplicationGroupMessage): void {
  const { ClusterMode, NodeGroupConfiguration = [], SnapshotName, SnapshotArns, UserGroupIds } = input;
  const unknown = [
    ClusterMode === 'compatible' ? 'the cluster mode compatible' : '',
    NodeGroupConfiguration.length > 0 ? 'NodeGroupConfiguration' : '',
    SnapshotName !== undefined || (SnapshotArns ?? []).length > 0 ? 'restoring snapshots' : '',
    (UserGroupIds ?? []).length > 0 ? 'user groups' : '',
  ].filter((what) => what !== '');
  if (unknown.length > 0) {
    throw invalidCombination(`The local cloud does not know ${unknown.join(', ')}.`);
  }
}

/** Cluster mode follows the parameter group; where both say something, they must say the same. */
function clusterWanted(
  { ClusterMode, NumNodeGroups = 1 }: CreateReplicationGroupMessage,
  parameterGroup: StoredParameterGroup,
): boolean {
  const enabled = parameterGroup.values['cluster-enabled'] === 'yes';
  const asked = ClusterMode === undefined ? enabled || NumNodeGroups > 1 : ClusterMode === 'enabled';
  if (asked === enabled) return enabled;
  throw invalidCombination(
    asked
      ? `Cluster mode needs a parameter group with cluster-enabled yes, which ${parameterGroup.name} has not.`
      : `The parameter group ${parameterGroup.name} has cluster-enabled yes, which needs cluster mode.`,
  );
}

function shardsWanted({ NumNodeGroups = 1 }: CreateReplicationGroupMessage, clusterEnabled: boolean): number {
  if (clusterEnabled) return checkShards(NumNodeGroups);
  if (NumNodeGroups === 1) return 1;
  throw invalidCombination('More than one node group needs cluster mode.');
}

/** Of each node group. */
function nodesWanted({ NumCacheClusters, ReplicasPerNodeGroup }: CreateReplicationGroupMessage): number {
  const nodes = NumCacheClusters ?? 1 + (ReplicasPerNodeGroup ?? 0);
  if (nodes < 1 || nodes > 6) {
    throw invalidValue(`The number of cache clusters must be between 1 and 6, not ${nodes}.`);
  }
  return nodes;
}

/** The primary endpoint has an address of its own, so that it can move from node to node. Where the machine has no loopback aliases, it is the node's. */
async function endpointFor({ dataPlane }: Call['cloud'], port: number) {
  const claimed = await dataPlane.addresses.claim(port);
  if (claimed.host !== '127.0.0.1') return claimed;
  dataPlane.addresses.release(claimed.host, claimed.port);
  return undefined;
}
