import type {
  DeleteReplicationGroupMessage,
  DeleteReplicationGroupResult,
  DescribeReplicationGroupsMessage,
  ReplicationGroupMessage,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { CreateReplicationGroup } from './create-replication-group.ts';
import { invalidCombination } from './errors.ts';
import { ModifyReplicationGroup } from './modify-replication-group.ts';
import { stopNodes } from './nodes.ts';
import { pageOf } from './page.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { elastiCacheState } from './state.ts';
import { mustFindReplicationGroup, statusOf, sweep } from './status.ts';

export const replicationGroupOperations: Operations = {
  CreateReplicationGroup,
  DescribeReplicationGroups,
  ModifyReplicationGroup,
  DeleteReplicationGroup,
};

function DescribeReplicationGroups(
  input: DescribeReplicationGroupsMessage,
  call: Call,
): ReplicationGroupMessage {
  sweep(call);
  const found =
    input.ReplicationGroupId === undefined
      ? [...elastiCacheState(call).replicationGroups.values()]
      : [mustFindReplicationGroup(call, input.ReplicationGroupId)];
  const { page, Marker } = pageOf(found, input);
  return { ReplicationGroups: page.map((group) => replicationGroupShape(call, group)), Marker };
}

/** ElastiCache's order: is it there, is it available. Its processes end at once; the rest goes when its time has come. */
async function DeleteReplicationGroup(
  input: DeleteReplicationGroupMessage,
  call: Call,
): Promise<DeleteReplicationGroupResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const status = statusOf(call, group);
  if (status !== 'available') {
    throw new AwsError(
      'InvalidReplicationGroupState',
      `Replication group ${group.id} has status ${status} which is not valid for deletion.`,
    );
  }
  if (input.RetainPrimaryCluster === true) {
    throw invalidCombination('The local cloud keeps no primary cluster without its replication group.');
  }
  if (input.FinalSnapshotIdentifier !== undefined) {
    throw new AwsError('SnapshotFeatureNotSupportedFault', 'The local cloud takes no snapshots.');
  }
  group.deletedAt = call.now.getTime();
  const answer = { ReplicationGroup: replicationGroupShape(call, group) };
  await stopNodes(call, group);
  sweep(call);
  return answer;
}
