import {
  DecreaseReplicaCountCommand,
  DescribeReplicationGroupsCommand,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import type { Cloud } from '../../aws/cloud.ts';
import { isNamed } from '../../aws/unless.ts';
import type { Change, Step } from '../../engine/resource.ts';
import { attrsOf, failsOver } from './replication-group-shape.ts';
import type { ReplicationGroupAttrs, ReplicationGroupProps } from './replication-group-shape.ts';

/**
 * Makes the next one of the changes that a replication group needs: ElastiCache takes one kind of change at a time,
 * and the engine asks again while anything differs. Replicas come before what needs them, and go after it.
 */
export async function updateReplicationGroup(
  cloud: Cloud,
  props: ReplicationGroupProps,
  current: ReplicationGroupAttrs,
  changes: Change[],
  step: Step,
): Promise<void> {
  const { replicationGroupId, replicas } = props;
  const missing = replicas - (current.replicas ?? replicas);
  const replicaCount = {
    ReplicationGroupId: replicationGroupId,
    NewReplicaCount: replicas,
    ApplyImmediately: true,
  };
  const alone = (change: Partial<ModifyReplicationGroupCommandInput>) =>
    cloud.elasticache.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: replicationGroupId,
        ...change,
        ApplyImmediately: true,
      }),
    );
  const others = changes.filter(({ path }) => path !== 'replicas' && path !== 'shards');
  if (changes.some(({ path }) => path === 'transitEncryption')) {
    step.note('taking encrypted connections and plain ones');
    await alone({ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' });
  } else if (props.authToken !== undefined && changes.some(({ path }) => path === 'authToken')) {
    step.note('taking the new auth token besides the one from before');
    await alone({ AuthToken: props.authToken.value, AuthTokenUpdateStrategy: 'ROTATE' });
  } else if (missing > 0) {
    step.note(`adding ${missing} ${missing === 1 ? 'replica' : 'replicas'}`);
    await resize(cloud, props, 'replicas', step, () =>
      cloud.elasticache.send(new IncreaseReplicaCountCommand(replicaCount)),
    );
  } else if (others.length > 0) {
    step.note(`changing ${others.map(({ path }) => path).join(', ')}`);
    await modify(cloud, props, others);
  } else if (changes.some(({ path }) => path === 'shards')) {
    step.note(`moving keys from ${current.shards} to ${props.shards} shards`);
    const leaving = current.nodeGroupIds.slice(props.shards);
    await resize(cloud, props, 'shards', step, () =>
      cloud.elasticache.send(
        new ModifyReplicationGroupShardConfigurationCommand({
          ReplicationGroupId: replicationGroupId,
          NodeGroupCount: props.shards,
          ...(leaving.length > 0 && { NodeGroupsToRemove: leaving }),
          ApplyImmediately: true,
        }),
      ),
    );
  } else {
    step.note(`removing ${-missing} ${missing === -1 ? 'replica' : 'replicas'}`);
    await resize(cloud, props, 'replicas', step, () =>
      cloud.elasticache.send(new DecreaseReplicaCountCommand(replicaCount)),
    );
  }
}

/** ElastiCache refuses a number that the group has already: where its first answer was lost, or what was read is old, that is what was asked for. */
async function resize(
  cloud: Cloud,
  props: ReplicationGroupProps,
  path: 'shards' | 'replicas',
  step: Step,
  send: () => Promise<unknown>,
): Promise<void> {
  const { replicationGroupId: ReplicationGroupId } = props;
  try {
    await send();
  } catch (error) {
    if (!isNamed(error, 'InvalidParameterCombinationException', 'NodeGroupNotFoundFault')) throw error;
    for (const seconds of [0, 1, 2, 4]) {
      await step.clock.sleep(seconds * 1000, step.signal);
      const answer = await cloud.elasticache.send(
        new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
      );
      if (attrsOf(answer.ReplicationGroups![0]!, undefined)[path] === props[path]) return;
    }
    throw error;
  }
}

/** The settings that can be changed, as both the creating and the modifying call take them. */
export function changeable(props: ReplicationGroupProps) {
  return {
    ReplicationGroupId: props.replicationGroupId,
    Engine: props.engine,
    EngineVersion: props.engineVersion,
    CacheNodeType: props.nodeType,
    AutomaticFailoverEnabled: failsOver(props),
    MultiAZEnabled: props.multiAz,
    // What needs no word is left to AWS.
    Durability: props.durability === 'sync' ? ('sync' as const) : undefined,
    CacheParameterGroupName: props.parameterGroup,
    SecurityGroupIds: props.securityGroupIds,
    AutoMinorVersionUpgrade: props.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: props.snapshotRetention,
    PreferredMaintenanceWindow: props.maintenanceWindow,
  };
}

async function modify(cloud: Cloud, props: ReplicationGroupProps, changes: Change[]): Promise<void> {
  // Only what differs: ElastiCache refuses some settings even where they stay as they are, and naming the version
  // that was asked for once would undo the minor versions that it installed since.
  const members = new Set(changes.flatMap(({ path }) => membersOf[path] ?? []));
  const input = Object.fromEntries(
    Object.entries(changeable(props)).filter(([member]) => members.has(member)),
  );
  await cloud.elasticache.send(
    new ModifyReplicationGroupCommand({
      ...input,
      ReplicationGroupId: props.replicationGroupId,
      ApplyImmediately: true,
    }),
  );
}

/** Which members of ModifyReplicationGroup each property goes into. */
const membersOf: Record<string, readonly string[]> = {
  engine: ['Engine', 'EngineVersion'],
  engineVersion: ['EngineVersion'],
  nodeType: ['CacheNodeType'],
  automaticFailover: ['AutomaticFailoverEnabled'],
  multiAz: ['MultiAZEnabled'],
  durability: ['Durability'],
  parameterGroup: ['CacheParameterGroupName'],
  securityGroupIds: ['SecurityGroupIds'],
  autoMinorVersionUpgrade: ['AutoMinorVersionUpgrade'],
  snapshotRetention: ['SnapshotRetentionLimit'],
  maintenanceWindow: ['PreferredMaintenanceWindow'],
};
