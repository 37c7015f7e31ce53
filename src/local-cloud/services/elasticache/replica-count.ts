import type {
  DecreaseReplicaCountMessage,
  DecreaseReplicaCountResult,
  IncreaseReplicaCountMessage,
  IncreaseReplicaCountResult,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import { addMembers, dropMembers } from './members.ts';
import { releaseNodes, startNodes, stopNodes } from './nodes.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { replicasOf, type StoredReplicationGroup } from './state.ts';
import { mustBeAvailable, mustFindReplicationGroup } from './status.ts';

export const replicaCountOperations: Operations = { IncreaseReplicaCount, DecreaseReplicaCount };

/** The new replicas are there when it answers; should one not start, the group stays as it was. */
async function IncreaseReplicaCount(
  input: IncreaseReplicaCountMessage,
  call: Call,
): Promise<IncreaseReplicaCountResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const count = replicasWanted(input, call, group);
  const now = replicasNow(group);
  if (count <= now.most) {
    throw invalidCombination(`NewReplicaCount ${count} must be more than the ${now.most} replicas of now.`);
  }
  const before = new Set(group.members);
  group.modifiedAt = call.now.getTime();
  try {
    for (const { id } of group.nodeGroups) {
      await addMembers(call, group, id, count - replicasOf(group, id).length);
    }
    await startNodes(call, group);
  } catch (error) {
    dropMembers(
      call,
      group,
      group.members.filter((member) => !before.has(member)),
    );
    const why = error instanceof Error ? error.message : String(error);
    throw new AwsError('ChatopsCacheNodeFailed', `the cache server does not start: ${why}`);
  }
  return { ReplicationGroup: replicationGroupShape(call, group) };
}

/** The newest replicas of each node group go, never a primary. */
async function DecreaseReplicaCount(
  input: DecreaseReplicaCountMessage,
  call: Call,
): Promise<DecreaseReplicaCountResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const count = replicasWanted(input, call, group);
  const now = replicasNow(group);
  if (count >= now.least) {
    throw invalidCombination(`NewReplicaCount ${count} must be less than the ${now.least} replicas of now.`);
  }
  if (count === 0 && group.multiAz) {
    throw invalidCombination('Replication group with Multi-AZ enabled must have at least 1 replica.');
  }
  if (count === 0 && group.automaticFailover && !group.clusterEnabled) {
    throw invalidCombination(
      'Replication group with automatic failover enabled must have at least 1 replica.',
    );
  }
  group.modifiedAt = call.now.getTime();
  const leaving = group.nodeGroups.flatMap(({ id }) => replicasOf(group, id).slice(count));
  await releaseNodes(call, group, leaving);
  await stopNodes(call, group, leaving);
  dropMembers(call, group, leaving);
  return { ReplicationGroup: replicationGroupShape(call, group) };
}

function replicasNow(group: StoredReplicationGroup): { least: number; most: number } {
  const counts = group.nodeGroups.map(({ id }) => replicasOf(group, id).length);
  return { least: Math.min(...counts), most: Math.max(...counts) };
}

function replicasWanted(
  input: IncreaseReplicaCountMessage | DecreaseReplicaCountMessage,
  call: Call,
  group: StoredReplicationGroup,
): number {
  mustBeAvailable(call, group);
  if (input.ApplyImmediately !== true) {
    throw invalidValue(
      'ApplyImmediately must be true: replicas are added and removed at once or not at all.',
    );
  }
  if (
    (input.ReplicaConfiguration ?? []).length > 0 ||
    ('ReplicasToRemove' in input && input.ReplicasToRemove)
  ) {
    throw invalidCombination('The local cloud knows NewReplicaCount only.');
  }
  const { NewReplicaCount: count } = input;
  if (count === undefined || count < 0 || count > 5) {
    throw invalidValue(`NewReplicaCount must be between 0 and 5, not ${count ?? 'left out'}.`);
  }
  return count;
}
