import { setTimeout as delay } from 'node:timers/promises';
import type { SlotRange } from '../data-plane.ts';
import type { RunningNode } from './node.ts';

interface Shard {
  slots: SlotRange[];
  primary: RunningNode;
  replicas: RunningNode[];
}

/** A node, and the name that it gave itself. */
interface Peer {
  node: RunningNode;
  id: string;
}

/** A primary: names of nodes. */
interface Owner {
  id: string;
  slots: number[];
  replicas: string[];
}

/** One line of CLUSTER NODES. */
interface Known {
  id: string;
  flags: string[];
  master: string;
  slots: SlotRange[];
}

/** Milliseconds that nodes get to agree on something. */
const patience = 20_000;
/** Milliseconds between two looks. */
const interval = 50;
/** Keys of one slot that are moved with one command. */
const batch = 100;

/**
 * Brings nodes into one cluster of this form (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).
 * Each step looks first, so it may be repeated on whatever form there is. Rejects when the nodes do not agree in time.
 */
export async function arrange(shards: Shard[], leaving: RunningNode[]): Promise<void> {
  const named = async (node: RunningNode): Promise<Peer> => {
    const [id] = await node.say([['CLUSTER', 'MYID']]);
    return { node, id: String(id) };
  };
  const staying = await Promise.all(
    shards.flatMap(({ primary, replicas }) => [primary, ...replicas]).map(named),
  );
  const going = await Promise.all(leaving.map(named));
  const peers = [...staying, ...going];
  const peerOf = (node: RunningNode) => peers.find((peer) => peer.node === node)!;

  await introduce(peers);
  for (const { primary } of shards) await promote(peerOf(primary));
  for (const { slots, primary } of shards) await handOver(slots, peerOf(primary), peers);
  await Promise.all(
    shards.flatMap(({ primary, replicas }) =>
      replicas.map((replica) => follow(peerOf(replica), peerOf(primary))),
    ),
  );
  for (const { node } of staying) {
    for (const { id } of going) await node.say([['CLUSTER', 'FORGET', id]]);
  }
  const owners = shards.map(({ slots, primary, replicas }) => ({
    id: peerOf(primary).id,
    slots: slotsIn(slots),
    replicas: replicas.map((replica) => peerOf(replica).id),
  }));
  await until('the nodes agree', async () => {
    const agree = await Promise.all(staying.map(({ node }) => agrees(node, owners)));
    return agree.every(Boolean);
  });
}

/** Each meets each that it does not know. */
async function introduce(peers: Peer[]): Promise<void> {
  const strangers = async ({ node, id }: Peer) => {
    const known = await viewOf(node);
    return peers.filter(
      (other) =>
        other.id !== id && !known.some((one) => one.id === other.id && !one.flags.includes('handshake')),
    );
  };
  for (const [index, peer] of peers.entries()) {
    const unknown = new Set(await strangers(peer));
    const others = peers.slice(index + 1).filter((other) => unknown.has(other));
    await peer.node.say(
      others.map(({ node: { place } }) => [
        'CLUSTER',
        'MEET',
        place.host,
        String(place.port),
        String(place.bus),
      ]),
    );
  }
  await until('the nodes know one another', async () => {
    const unknown = await Promise.all(peers.map(strangers));
    return unknown.every(({ length }) => length === 0);
  });
}

/** A replica takes its primary's place, whether that one lives or not, as far as the replica has come. */
async function promote({ node }: Peer): Promise<void> {
  const isPrimary = async () => (await selfOf(node)).flags.includes('master');
  if (await isPrimary()) return;
  await node.say([['CLUSTER', 'FAILOVER', 'TAKEOVER']]);
  await until('the replica is the primary', isPrimary);
}

/** Gives a node the slots that nobody has, and moves those that others have. */
async function handOver(wanted: SlotRange[], to: Peer, peers: Peer[]): Promise<void> {
  const free = new Set(slotsIn(wanted));
  // Its own first: whoever it has just taken the place of may not know yet.
  for (const from of [to, ...peers.filter((peer) => peer !== to)]) {
    const theirs = slotsIn((await selfOf(from.node)).slots).filter((slot) => free.delete(slot));
    if (from !== to && theirs.length > 0) await migrate(theirs, from, to, peers);
  }
  if (free.size === 0) return;
  await to.node.say([['CLUSTER', 'ADDSLOTS', ...[...free].map(String)]]);
}

/** From the moment that a slot is on its way, the node that has it sends clients on for what it has no longer. */
async function migrate(slots: number[], from: Peer, to: Peer, peers: Peer[]): Promise<void> {
  await until('the new owner knows the one before', () =>
    agrees(to.node, [{ id: from.id, slots, replicas: [] }]),
  );
  const set = (node: RunningNode, ...how: string[]) =>
    node.say(slots.map((slot) => ['CLUSTER', 'SETSLOT', String(slot), ...how]));
  await set(to.node, 'IMPORTING', from.id);
  await set(from.node, 'MIGRATING', to.id);
  const counts = await from.node.say(slots.map((slot) => ['CLUSTER', 'COUNTKEYSINSLOT', String(slot)]));
  await to.node.openly(async (target) => {
    for (let left = slots.filter((_, index) => counts[index] !== '0'); left.length > 0;) {
      const keys = await from.node.say(
        left.map((slot) => ['CLUSTER', 'GETKEYSINSLOT', String(slot), String(batch)]),
      );
      const found = keys.filter((some) => Array.isArray(some)).filter(({ length }) => length > 0);
      await from.node.migrate(
        found.map((some) => some.map((key) => Buffer.from(String(key), 'latin1'))),
        target,
      );
      left = left.filter((_, index) => keys[index]?.length === batch);
    }
  });
  // The new owner first: should this end here, no slot is without one.
  const others: Peer[] = [];
  for (const peer of peers) {
    if (peer !== to && peer !== from && (await selfOf(peer.node)).flags.includes('master')) others.push(peer);
  }
  for (const { node } of [to, from, ...others]) await set(node, 'NODE', to.id);
}

/** A node that was a primary until now has to hear of the one that took its slots before it can follow. */
async function follow({ node }: Peer, primary: Peer): Promise<void> {
  await until('the replica follows', async () => {
    const { flags, master, slots } = await selfOf(node);
    if (master === primary.id) {
      const [about] = await node.say([['INFO', 'replication']]);
      return String(about).includes('master_link_status:up');
    }
    if (flags.includes('slave') || slots.length === 0) await node.say([['CLUSTER', 'REPLICATE', primary.id]]);
    return false;
  });
}

/** Whether a node takes commands, and knows these primaries, at least so many slots of theirs, and their replicas. */
async function agrees(node: RunningNode, owners: Owner[]): Promise<boolean> {
  const [info] = await node.say([['CLUSTER', 'INFO']]);
  if (!String(info).includes('cluster_state:ok')) return false;
  const known = await viewOf(node);
  return owners.every(({ id, slots, replicas }) => {
    const held = new Set(slotsIn(known.find((one) => one.id === id)?.slots ?? []));
    const following = known.filter(({ master }) => master === id).map((one) => one.id);
    return slots.every((slot) => held.has(slot)) && replicas.every((replica) => following.includes(replica));
  });
}

async function selfOf(node: RunningNode): Promise<Known> {
  return (await viewOf(node)).find(({ flags }) => flags.includes('myself'))!;
}

async function viewOf(node: RunningNode): Promise<Known[]> {
  const [nodes] = await node.say([['CLUSTER', 'NODES']]);
  return String(nodes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', , flags = '', master = '', , , , , ...slots] = line.split(' ');
      return { id, flags: flags.split(','), master, slots: slots.flatMap(rangesIn) };
    });
}

/** `0-5460` or `7`; `[7->-…]` is a slot on its way. */
function rangesIn(text: string): SlotRange[] {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return from === undefined ? [] : [{ from: Number(from), to: Number(to) }];
}

function slotsIn(ranges: SlotRange[]): number[] {
  return ranges
    .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
    .toSorted((one, other) => one - other);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`the cluster does not come about: waited until ${what}`);
    await delay(interval);
  }
}
