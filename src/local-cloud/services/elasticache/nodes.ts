import { join } from 'node:path';
import type { LocalCloud } from '../../cloud.ts';
import type { Call } from '../../operation.ts';
import type { CacheNode, CacheNodeSpec } from '../../runtime/data-plane.ts';
import { primaryOf, replicasOf, type StoredMember, type StoredReplicationGroup } from './state.ts';

/** What runs of a replication group, by the id of the member, and the passwords that open it. */
interface RunningGroup {
  nodes: Map<string, CacheNode>;
  passwords: string[];
}

type Place = Pick<Call, 'cloud' | 'region'>;

// Processes are no plain data and passwords are never told, so both are kept beside the state: per cloud, by region and group.
const running = new WeakMap<LocalCloud['dataPlane'], Map<string, RunningGroup>>();

/** Whether any process of a replication group is there. */
export function isRunning(place: Place, group: StoredReplicationGroup): boolean {
  return groupOf(place, group) !== undefined;
}

/** Whether a member answers at this moment. */
export function answers(place: Place, group: StoredReplicationGroup, member: StoredMember): boolean {
  const node = groupOf(place, group)?.nodes.get(member.cacheClusterId);
  return node !== undefined && node.answers !== false;
}

/** Starts the members that do not run yet, the primary first, and resolves when all of them answer and, in a cluster, agree on who has which slots; when one cannot be started, none of the new ones is left. */
export async function startNodes(
  place: Place,
  group: StoredReplicationGroup,
  passwords: string[] = groupOf(place, group)?.passwords ?? [],
): Promise<void> {
  const nodes = groupOf(place, group)?.nodes ?? new Map<string, CacheNode>();
  const started: string[] = [];
  const missing = group.members.filter(({ cacheClusterId }) => !nodes.has(cacheClusterId));
  try {
    for (const member of missing) {
      nodes.set(member.cacheClusterId, await startNode(place, group, member, passwords));
      started.push(member.cacheClusterId);
    }
    await arrangeNodes(place, group, nodes);
  } catch (error) {
    await Promise.all(started.map(async (id) => nodes.get(id)?.stop()));
    for (const id of started) nodes.delete(id);
    throw error;
  }
  const ofCloud = running.get(place.cloud.dataPlane) ?? new Map<string, RunningGroup>();
  running.set(place.cloud.dataPlane, ofCloud);
  ofCloud.set(keyOf(place, group), { nodes, passwords });
}

/** Takes members out of a cluster, and moves what slots they have to the others as the node groups say by now. */
export async function releaseNodes(
  place: Place,
  group: StoredReplicationGroup,
  leaving: StoredMember[],
): Promise<void> {
  const running = groupOf(place, group);
  if (running !== undefined) await arrangeNodes(place, group, running.nodes, leaving);
}

/** Brings the endpoint to the member that is to answer there. */
export async function placeEndpoint(place: Place, group: StoredReplicationGroup): Promise<void> {
  const holder = primaryOf(group);
  const nodes = groupOf(place, group)?.nodes ?? new Map<string, CacheNode>();
  const others = group.members.filter((member) => member !== holder);
  for (const { cacheClusterId } of others) await nodes.get(cacheClusterId)?.change({ alsoAt: [] });
  await nodes.get(holder.cacheClusterId)?.change({ alsoAt: endpointAddresses(group) });
}

/**
 * Makes a replica the primary. The endpoint leads new connections there; those that stand stay on the node that was
 * the primary, which from then on answers writes with READONLY.
 */
export async function failOver(place: Place, group: StoredReplicationGroup, to: StoredMember): Promise<void> {
  const from = primaryOf(group, to.nodeGroupId);
  const replicaOf = { host: to.host, port: to.port };
  const node = (member: StoredMember) => groupOf(place, group)?.nodes.get(member.cacheClusterId);
  group.nodeGroups.find(({ id }) => id === to.nodeGroupId)!.primary = to.cacheClusterId;
  if (group.clusterEnabled) {
    if (to === primaryOf(group)) await placeEndpoint(place, group);
    await releaseNodes(place, group, []);
    return;
  }
  await node(from)?.change({ alsoAt: [], replicaOf });
  await node(to)?.change({ alsoAt: endpointAddresses(group), replicaOf: undefined });
  const others = group.members.filter((member) => member !== from && member !== to);
  await Promise.all(others.map(async (member) => node(member)?.change({ replicaOf })));
}

/** Makes the nodes take encrypted connections, plain ones, or both, as the group says by now. */
export async function changeTransit(place: Place, group: StoredReplicationGroup): Promise<void> {
  const primary = primaryOf(group);
  const replicas = group.members.filter((member) => member !== primary);
  for (const member of [primary, ...replicas]) {
    const node = groupOf(place, group)?.nodes.get(member.cacheClusterId);
    await node?.change({ tls: tlsOf(group, member) });
  }
}

/**
 * Makes nodes take another password: besides those that they took (`ROTATE`; of older ones, the newest stays), or
 * alone (`SET`). Where none was asked for, none is until then.
 */
export async function changePassword(
  place: Place,
  group: StoredReplicationGroup,
  password: string,
  strategy: 'ROTATE' | 'SET',
): Promise<void> {
  const all = groupOf(place, group);
  if (all === undefined) return;
  const before = all.passwords.at(-1);
  const open = before === undefined && strategy === 'ROTATE';
  all.passwords = strategy === 'SET' || before === undefined ? [password] : [before, password];
  const passwords = open ? [] : all.passwords;
  for (const node of all.nodes.values()) await node.change({ passwords });
}

/** Ends the named members, or all of them, and resolves when they are gone. */
export async function stopNodes(
  place: Place,
  group: StoredReplicationGroup,
  members: StoredMember[] = group.members,
): Promise<void> {
  const nodes = groupOf(place, group)?.nodes ?? new Map<string, CacheNode>();
  await Promise.all(members.map(async ({ cacheClusterId }) => nodes.get(cacheClusterId)?.stop()));
  for (const { cacheClusterId } of members) nodes.delete(cacheClusterId);
  if (nodes.size === 0) running.get(place.cloud.dataPlane)?.delete(keyOf(place, group));
}

function startNode(
  place: Place,
  group: StoredReplicationGroup,
  member: StoredMember,
  passwords: string[],
): Promise<CacheNode> {
  const { cacheClusterId, host, port } = member;
  const primary = primaryOf(group, member.nodeGroupId);
  return place.cloud.dataPlane.caches.start({
    host,
    port,
    passwords,
    parameters: group.startedWith,
    cluster: group.clusterEnabled,
    ...(member === primaryOf(group) && { alsoAt: endpointAddresses(group) }),
    ...(member !== primary && { replicaOf: { host: primary.host, port: primary.port } }),
    tls: tlsOf(group, member),
    folder: join(place.cloud.folder, 'caches', place.region, cacheClusterId),
    onDeath: () => replaceDead(place, group, member),
  });
}

/** Those that answer: one whose process is being replaced hears of it all when it is back. */
async function arrangeNodes(
  place: Place,
  group: StoredReplicationGroup,
  nodes: Map<string, CacheNode>,
  leaving: StoredMember[] = [],
): Promise<void> {
  if (!group.clusterEnabled) return;
  const there = (members: StoredMember[]) =>
    members
      .map(({ cacheClusterId }) => nodes.get(cacheClusterId))
      .filter((node) => node !== undefined && node.answers !== false) as CacheNode[];
  const shards = group.nodeGroups.flatMap(({ id, slots }) => {
    const replicas = there(replicasOf(group, id).filter((member) => !leaving.includes(member)));
    return there([primaryOf(group, id)]).map((primary) => ({ slots, primary, replicas }));
  });
  await place.cloud.dataPlane.caches.arrange(shards, there(leaving));
}

/** Where a machine has no loopback aliases, an endpoint cannot move; a cluster's clients need none to find the new primary. */
export function canFailOver(group: StoredReplicationGroup): boolean {
  return group.automaticFailover && (group.clusterEnabled || group.endpoint !== undefined);
}

/** With automatic failover, a replica that answers takes the place of a primary that died. */
async function replaceDead(place: Place, group: StoredReplicationGroup, dead: StoredMember): Promise<void> {
  if (!canFailOver(group) || primaryOf(group, dead.nodeGroupId) !== dead) return;
  const heir = replicasOf(group, dead.nodeGroupId).find((member) => answers(place, group, member));
  // A heir that dies just now is not one; then the primary comes back, empty.
  if (heir !== undefined) await failOver(place, group, heir).catch(() => undefined);
}

function tlsOf(group: StoredReplicationGroup, { host }: StoredMember): CacheNodeSpec['tls'] {
  if (group.transit === 'off') return undefined;
  // Any member may become the primary.
  return { mode: group.transit, addresses: [host, ...endpointAddresses(group)] };
}

function endpointAddresses({ endpoint }: StoredReplicationGroup): string[] {
  return endpoint === undefined ? [] : [endpoint.host];
}

function groupOf(place: Place, group: StoredReplicationGroup): RunningGroup | undefined {
  return running.get(place.cloud.dataPlane)?.get(keyOf(place, group));
}

function keyOf({ region }: Place, { id }: StoredReplicationGroup): string {
  return `${region} ${id}`;
}
