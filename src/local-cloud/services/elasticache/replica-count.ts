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
import { startNodes, stopNodes } from './nodes.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { primaryOf, type StoredReplicationGroup } from './state.ts';
import { mustBeAvailable, mustFindReplicationGroup } from './status.ts';

export const replicaCountOperations: Operations = { IncreaseReplicaCount, DecreaseReplicaCount };

/** The new replicas are there when it answers; should one not start, the group stays as it was. */
async function IncreaseReplicaCount(
  input: IncreaseReplicaCountMessage,
  call: Call,
): Promise<IncreaseReplicaCountResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const count = replicasWanted(input, call, group);
  if (count < group.members.length) {
    throw invalidCombination(
      `NewReplicaCount ${count} must be more than the ${group.members.length - 1} replicas of now.`,
    );
  }
  const before = new Set(group.members);
  group.modifiedAt = call.now.getTime();
  try {
    await addMembers(call, group, count - before.size + 1);
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

/** The newest replicas go, never the primary. */
async function DecreaseReplicaCount(
  input: DecreaseReplicaCountMessage,
  call: Call,
): Promise<DecreaseReplicaCountResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const count = replicasWanted(input, call, group);
  if (count >= group.members.length - 1) {
    throw invalidCombination(
      `NewReplicaCount ${count} must be less than the ${group.members.length - 1} replicas of now.`,
    );
  }
  if (count === 0 && group.automaticFailover) {
    throw invalidCombination(
      'Replication group with automatic failover enabled must have at least 1 replica.',
    );
  }
  group.modifiedAt = call.now.getTime();
  const replicas = group.members.filter((member) => member !== primaryOf(group));
  const leaving = replicas.slice(count);
  await stopNodes(call, group, leaving);
  dropMembers(call, group, leaving);
  return { ReplicationGroup: replicationGroupShape(call, group) };
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
