import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { dropMembers } from './members.ts';
import { answers, isRunning } from './nodes.ts';
import { elastiCacheState, type StoredReplicationGroup } from './state.ts';

/** Where a replication group is in its life. It is never available while one of its processes does not answer. */
export function statusOf(call: Call, group: StoredReplicationGroup): string {
  const { clock } = call.cloud;
  const past = (since: number, transition: Parameters<typeof clock.latency>[0]) =>
    clock.now() >= since + clock.latency(transition);
  if (group.deletedAt !== undefined) return 'deleting';
  if (group.answeredAt === undefined || !past(group.createdAt, 'replication-group.create')) return 'creating';
  if (group.modifiedAt !== undefined && !past(group.modifiedAt, 'replication-group.modify')) {
    return 'modifying';
  }
  return group.members.every((member) => answers(call, group, member)) ? 'available' : 'modifying';
}

/** Throws InvalidReplicationGroupState while a replication group is anything but available. */
export function mustBeAvailable(call: Call, group: StoredReplicationGroup): void {
  if (statusOf(call, group) === 'available') return;
  throw new AwsError(
    'InvalidReplicationGroupState',
    'Replication group must be in available state to modify.',
  );
}

/** The replication group with this id in any case. Throws ReplicationGroupNotFoundFault. */
export function mustFindReplicationGroup(call: Call, id: string): StoredReplicationGroup {
  sweep(call);
  const found = elastiCacheState(call).replicationGroups.get(id.toLowerCase());
  if (found !== undefined) return found;
  throw new AwsError('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`, 404);
}

/** Takes away the replication groups whose deletion is over, with their network interfaces and addresses. */
export function sweep(call: Call): void {
  const { clock, dataPlane } = call.cloud;
  const { replicationGroups } = elastiCacheState(call);
  for (const group of replicationGroups.values()) {
    if (group.deletedAt === undefined || isRunning(call, group)) continue;
    if (clock.now() < group.deletedAt + clock.latency('replication-group.delete')) continue;
    dropMembers(call, group, group.members);
    const { endpoint } = group;
    if (endpoint !== undefined) dataPlane.addresses.release(endpoint.host, endpoint.port);
    replicationGroups.delete(group.id);
  }
}
