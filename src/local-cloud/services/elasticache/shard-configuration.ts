import type {
  ModifyReplicationGroupShardConfigurationMessage,
  ModifyReplicationGroupShardConfigurationResult,
} from '@aws-sdk/client-elasticache';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import { addMembers, dropMembers, memberStem } from './members.ts';
import { placeEndpoint, releaseNodes, startNodes, stopNodes } from './nodes.ts';
import { replicationGroupShape } from './replication-group-shape.ts';
import { spreadSlots } from './slots.ts';
import { replicasOf, type StoredReplicationGroup } from './state.ts';
import { mustBeAvailable, mustFindReplicationGroup } from './status.ts';

const largest = 500;

/** `0001`, `0002`, … */
export function nodeGroupIdOf(number: number): string {
  return String(number).padStart(4, '0');
}

/** Throws InvalidParameterValue. */
export function checkShards(count: number | undefined): number {
  if (count !== undefined && count >= 1 && count <= largest) return count;
  throw invalidValue(
    `The number of node groups must be between 1 and ${largest}, not ${count ?? 'left out'}.`,
  );
}

export const shardConfigurationOperations: Operations = { ModifyReplicationGroupShardConfiguration };

/** ElastiCache's order: is it there, is it available, is it a cluster, then each value. Slots and keys have moved when it answers; clients go on meanwhile. */
async function ModifyReplicationGroupShardConfiguration(
  input: ModifyReplicationGroupShardConfigurationMessage,
  call: Call,
): Promise<ModifyReplicationGroupShardConfigurationResult> {
  const group = mustFindReplicationGroup(call, input.ReplicationGroupId ?? '');
  mustBeAvailable(call, group);
  if (!group.clusterEnabled) {
    throw invalidCombination('Shards can be changed only in a replication group with cluster mode enabled.');
  }
  if (input.ApplyImmediately !== true) {
    throw invalidValue('ApplyImmediately must be true: shards are changed at once or not at all.');
  }
  if ((input.ReshardingConfiguration ?? []).length > 0) {
    throw invalidCombination('The local cloud knows no ReshardingConfiguration.');
  }
  const count = checkShards(input.NodeGroupCount);
  const now = group.nodeGroups.length;
  if (count === now) throw invalidCombination(`The replication group has ${now} node groups already.`);
  const leaving = leavingGroups(input, group, count);
  group.modifiedAt = call.now.getTime();
  await (count > now ? grow(call, group, count) : shrink(call, group, leaving));
  return { ReplicationGroup: replicationGroupShape(call, group) };
}

/** Should a new node not start, the group stays as it was. */
async function grow(call: Call, group: StoredReplicationGroup, count: number): Promise<void> {
  const before = { nodeGroups: structuredClone(group.nodeGroups), members: new Set(group.members) };
  const nodes = 1 + Math.min(...group.nodeGroups.map(({ id }) => replicasOf(group, id).length));
  try {
    for (let number = 1; group.nodeGroups.length < count; number += 1) {
      const id = nodeGroupIdOf(number);
      if (group.nodeGroups.some((nodeGroup) => nodeGroup.id === id)) continue;
      group.nodeGroups.push({ id, primary: `${memberStem(group, id)}-001`, slots: [] });
      await addMembers(call, group, id, nodes);
    }
    const slots = spreadSlots(group.nodeGroups.map((nodeGroup) => nodeGroup.slots));
    for (const [index, nodeGroup] of group.nodeGroups.entries()) nodeGroup.slots = slots[index]!;
    await startNodes(call, group);
  } catch (error) {
    group.nodeGroups = before.nodeGroups;
    dropMembers(
      call,
      group,
      group.members.filter((member) => !before.members.has(member)),
    );
    const why = error instanceof Error ? error.message : String(error);
    throw new AwsError('ChatopsCacheNodeFailed', `the shards cannot be added: ${why}`);
  }
}

async function shrink(call: Call, group: StoredReplicationGroup, leaving: Set<string>): Promise<void> {
  const staying = group.nodeGroups.filter(({ id }) => !leaving.has(id));
  const slots = spreadSlots(staying.map((nodeGroup) => nodeGroup.slots));
  for (const [index, nodeGroup] of staying.entries()) nodeGroup.slots = slots[index]!;
  group.nodeGroups = staying;
  const members = group.members.filter(({ nodeGroupId }) => leaving.has(nodeGroupId));
  await releaseNodes(call, group, members);
  await placeEndpoint(call, group);
  await stopNodes(call, group, members);
  dropMembers(call, group, members);
}

/** With fewer node groups than before, the call has to say which ones go, or which ones stay. */
function leavingGroups(
  { NodeGroupsToRemove = [], NodeGroupsToRetain = [] }: ModifyReplicationGroupShardConfigurationMessage,
  { nodeGroups }: StoredReplicationGroup,
  count: number,
): Set<string> {
  const named = [...NodeGroupsToRemove, ...NodeGroupsToRetain];
  if (count > nodeGroups.length) {
    if (named.length === 0) return new Set();
    throw invalidCombination(
      'NodeGroupsToRemove and NodeGroupsToRetain are for fewer node groups than before.',
    );
  }
  if ((NodeGroupsToRemove.length === 0) === (NodeGroupsToRetain.length === 0)) {
    throw invalidCombination('Either NodeGroupsToRemove or NodeGroupsToRetain must be given.');
  }
  const unknown = named.find((id) => !nodeGroups.some((nodeGroup) => nodeGroup.id === id));
  if (unknown !== undefined)
    throw new AwsError('NodeGroupNotFoundFault', `NodeGroup ${unknown} not found.`, 404);
  const leaving = nodeGroups
    .map(({ id }) => id)
    .filter((id) =>
      NodeGroupsToRemove.length > 0 ? NodeGroupsToRemove.includes(id) : !NodeGroupsToRetain.includes(id),
    );
  if (nodeGroups.length - leaving.length === count) return new Set(leaving);
  throw invalidCombination(`NodeGroupCount ${count} does not go with the node groups that are named.`);
}
