import type { Call } from '../../operation.ts';
import { createNetworkInterface, deleteNetworkInterface } from '../ec2/network-interface.ts';
import { ec2State } from '../ec2/state.ts';
import { mustFindSubnetGroup } from './cache-subnet-group.ts';
import type { StoredMember, StoredReplicationGroup } from './state.ts';

/** Gives a node group so many members, each with a loopback address and a network interface, spread over the zones of the subnet group. */
export async function addMembers(
  call: Call,
  group: StoredReplicationGroup,
  nodeGroupId: string,
  count: number,
  zones: string[] = [],
): Promise<void> {
  const { subnetIds } = mustFindSubnetGroup(call, group.subnetGroup);
  const { subnets } = ec2State(call);
  const existing = group.members.filter((member) => member.nodeGroupId === nodeGroupId).length;
  for (let index = existing; index < existing + count; index += 1) {
    const { host, port } = await call.cloud.dataPlane.addresses.claim(group.port);
    const subnetId =
      subnetIds.find((id) => subnets.get(id)?.AvailabilityZone === zones[index]) ??
      subnetIds[index % subnetIds.length] ??
      '';
    const cacheClusterId = freeId(group, nodeGroupId);
    const member: StoredMember = {
      cacheClusterId,
      nodeGroupId,
      availabilityZone: subnets.get(subnetId)?.AvailabilityZone ?? '',
      networkInterfaceId: '',
      host,
      port,
    };
    group.members.push(member);
    member.networkInterfaceId = createNetworkInterface(call, {
      subnetId,
      securityGroupIds: group.securityGroupIds,
      description: `ElastiCache ${cacheClusterId}`,
      requester: 'amazon-elasticache',
      local: { host, port },
    }).NetworkInterfaceId;
  }
}

/** Takes members away, with their addresses and network interfaces; their processes must be gone. */
export function dropMembers(call: Call, group: StoredReplicationGroup, members: StoredMember[]): void {
  for (const { networkInterfaceId, host, port } of members) {
    if (networkInterfaceId !== '') deleteNetworkInterface(call, networkInterfaceId);
    call.cloud.dataPlane.addresses.release(host, port);
  }
  group.members = group.members.filter((member) => !members.includes(member));
}

/** What the ids of the members of a node group begin with: `chat`, in a cluster `chat-0001`. */
export function memberStem(
  { id, clusterEnabled }: Pick<StoredReplicationGroup, 'id' | 'clusterEnabled'>,
  nodeGroupId: string,
): string {
  return clusterEnabled ? `${id}-${nodeGroupId}` : id;
}

/** `chat-001`, `chat-002`, …: the lowest number that is free. */
function freeId(group: StoredReplicationGroup, nodeGroupId: string): string {
  const { members } = group;
  const taken = new Set(members.map(({ cacheClusterId }) => cacheClusterId));
  for (let number = 1; ; number += 1) {
    const candidate = `${memberStem(group, nodeGroupId)}-${String(number).padStart(3, '0')}`;
    if (!taken.has(candidate)) return candidate;
  }
}
