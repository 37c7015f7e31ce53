import { until } from './chat-node.ts';
import { freePort, startRedis } from './redis.ts';
import type { TestRedis } from './redis.ts';

/** One server of a cluster. */
export interface ClusterNode extends TestRedis {
  id: string;
}

/** A Redis cluster of the test's own: real servers, three primaries. */
export interface TestCluster {
  /** Any node leads to the others. */
  url: string;
  primaries: ClusterNode[];
  /** The replica of each primary, in their order; none where none were asked for. */
  replicas: ClusterNode[];
  /** The primary that has a slot now, as the first server that answers says. */
  ownerOf(slot: number): Promise<ClusterNode>;
  /** Moves a slot with its keys to another primary, as `redis-cli --cluster reshard` does. */
  moveSlot(slot: number, to: ClusterNode): Promise<void>;
  /** Has a replica take its primary's place, with nothing lost (CLUSTER FAILOVER). */
  handOver(replica: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const PRIMARIES = 3;
/** A server that was silent for so long is taken for dead (ms). */
const NODE_TIMEOUT = 1000;
/** How long a primary holds on to an offer to hand over. */
const HAND_OVER_MS = 5500;

/** Starts three primaries, each with a replica where asked for, and waits until all agree on who has which slot. */
export async function startCluster({ replicas: wanted = false } = {}): Promise<TestCluster> {
  const nodes = await Promise.all(
    Array.from({ length: wanted ? 2 * PRIMARIES : PRIMARIES }, () => startClusterNode()),
  );
  const primaries = nodes.slice(0, PRIMARIES);
  const replicas = nodes.slice(PRIMARIES);
  for (const [at, { client }] of nodes.entries()) await client.cluster('SET-CONFIG-EPOCH', at + 1);
  for (const [at, { client }] of primaries.entries()) {
    const first = Math.floor((SLOTS * at) / PRIMARIES);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', first, Math.floor((SLOTS * (at + 1)) / PRIMARIES) - 1);
  }
  for (const { port, busPort } of nodes.slice(1)) {
    await nodes[0]!.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
  const info = (node: ClusterNode) => node.client.cluster('INFO');
  await until(async () => (await Promise.all(nodes.map(info))).every((text) => knows(text, nodes.length)));
  for (const [at, { client }] of replicas.entries()) {
    await client.call('CLUSTER', 'REPLICATE', primaries[at]!.id);
  }
  await until(async () =>
    (await Promise.all(replicas.map(({ client }) => client.info('replication')))).every((text) =>
      text.includes('master_link_status:up'),
    ),
  );
  await until(async () => (await Promise.all(nodes.map(info))).every((text) => text.includes('state:ok')));

  const ownerOf = async (slot: number) => {
    const ranges = (await Promise.any(
      nodes.map(({ client }) => client.cluster('SLOTS')),
    )) as unknown as Range[];
    const [, , [, port]] = ranges.find(([first, last]) => first <= slot && slot <= last)!;
    return nodes.find((node) => node.port === port)!;
  };
  return {
    url: nodes[0]!.url,
    primaries,
    replicas,
    ownerOf,
    async moveSlot(slot, to) {
      const from = await ownerOf(slot);
      await to.client.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
      await from.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
      for (;;) {
        const keys = (await from.client.call('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[];
        if (keys.length === 0) break;
        await from.client.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...keys);
      }
      for (const { client } of [to, from, ...primaries]) {
        await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
      }
    },
    async handOver({ client }) {
      const isPrimary = async () => (await client.info('replication')).includes('role:master');
      // The primary takes its word back when the replica has not caught up within five seconds.
      while (!(await isPrimary())) {
        await client.call('CLUSTER', 'FAILOVER').catch(() => {});
        const again = performance.now() + HAND_OVER_MS;
        await until(async () => (await isPrimary()) || performance.now() > again);
      }
    },
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

type Range = [first: number, last: number, primary: [host: string, port: number, id: string]];

async function startClusterNode(): Promise<ClusterNode & { busPort: number }> {
  const busPort = await freePort();
  const redis = await startRedis(
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    String(busPort),
    '--cluster-node-timeout',
    String(NODE_TIMEOUT),
    '--cluster-replica-validity-factor',
    '0',
    '--repl-diskless-sync-delay',
    '0',
  );
  return { ...redis, busPort, id: await redis.client.cluster('MYID') };
}

function knows(info: string, nodes: number): boolean {
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}`);
}
