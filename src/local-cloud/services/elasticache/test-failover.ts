import type { TestFailoverMessage, TestFailoverResult } from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { answers, canFailOver, failOver } from './nodes.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { replicasOf } from './state.ts';
import { mustBeAvailable, mustFindReplicationGroup } from './status.ts';

export const testFailoverOperations: Operations = { TestFailover };

/** ElastiCache's order: is it there, is the node group, is it available, can it fail over. The first replica that answers becomes the primary. */
async function TestFailover(input: TestFailoverMessage, call: Call): Promise<TestFailoverResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  const nodeGroup = group.nodeGroups.find(({ id }) => id === input.NodeGroupId);
  if (nodeGroup === undefined) {
    throw new AwsError('NodeGroupNotFoundFault', `NodeGroup ${input.NodeGroupId} not found.`, 404);
  }
  mustBeAvailable(call, group);
  if (!group.automaticFailover) {
    throw new AwsError(
      'TestFailoverNotAvailableFault',
      `Automatic failover is not enabled for replication group ${group.id}.`,
    );
  }
  const heir = replicasOf(group, nodeGroup.id).find((member) => answers(call, group, member));
  if (!canFailOver(group) || heir === undefined) {
    throw new AwsError(
      'TestFailoverNotAvailableFault',
      heir === undefined
        ? `Node group ${nodeGroup.id} has no replica that is available.`
        : 'This machine has no loopback aliases (127.x.y.z): the primary endpoint cannot move to another node.',
    );
  }
  group.modifiedAt = call.now.getTime();
  await failOver(call, group, heir);
  return { ReplicationGroup: replicationGroupShape(call, group) };
}
