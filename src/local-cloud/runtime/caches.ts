import { writeFile } from 'node:fs/promises';
import { arrange } from './caches/cluster.ts';
import { startNode, type RunningNode } from './caches/node.ts';
import { findServer } from './caches/server.ts';
import { lackingIn, standIn } from './caches/stand-in.ts';
import type { Authority } from './certificate.ts';
import type { CacheEngine, CacheNode, CacheNodeSpec, CacheRunner } from './data-plane.ts';
import type { ChildKeeper } from './tasks.ts';

export interface ServerRunner extends CacheRunner {
  /** Ends every cache node and resolves when none is left. */
  close(): Promise<void>;
}

interface CacheRunnerOptions {
  /** The variable PATH. */
  path: string;
  /** The program of the stand-in, as JavaScript. */
  standIn: string;
  keeper: ChildKeeper;
  /** Issues the certificates of encrypted nodes. */
  authority: Authority;
  /** Where its certificate is written (PEM), which clients of encrypted nodes must trust, before the first of them starts. */
  trustFile: string;
}

/** Runs cache nodes as `valkey-server` or `redis-server` processes, whichever is found first on the path; where there is none, as processes of the stand-in. */
export function createCacheRunner(options: CacheRunnerOptions): ServerRunner {
  const { authority } = options;
  const running = new Set<RunningNode>();
  const starting = new Set<Promise<unknown>>();
  /** What stands behind each node that was handed out. */
  const behind = new WeakMap<CacheNode, RunningNode>();
  let current: CacheEngine | undefined;
  let closed = false;

  async function engine(): Promise<CacheEngine> {
    if (running.size + starting.size === 0) current = undefined;
    current ??= (await findServer(options.path)) ?? standIn(options.standIn);
    return current;
  }

  async function start(spec: CacheNodeSpec): Promise<RunningNode> {
    const server = await engine();
    const lacking = lackingIn(server, {
      cluster: spec.cluster === true,
      replicas: spec.replicaOf !== undefined,
      encryption: spec.tls !== undefined,
    });
    if (lacking !== undefined) throw new Error(lacking);
    if (spec.tls !== undefined) await publish();
    const node = await startNode(server, spec, { keeper: options.keeper, authority });
    running.add(node);
    if (closed) throw new Error('the local cloud is stopping');
    return node;
  }

  function publish(): Promise<void> {
    return writeFile(options.trustFile, authority.certificate);
  }

  return {
    engine,

    async start(spec) {
      const coming = start(spec);
      starting.add(coming);
      const node = await coming.finally(() => starting.delete(coming));
      const handed: CacheNode = {
        get pid() {
          return node.pid;
        },
        get answers() {
          return node.answers;
        },
        async change(change) {
          if (change.tls !== undefined) await publish();
          await node.change(change);
        },
        async stop() {
          await node.stop();
          running.delete(node);
        },
      };
      behind.set(handed, node);
      return handed;
    },

    arrange(shards, leaving = []) {
      const node = (handed: CacheNode) => behind.get(handed)!;
      const own = shards.map(({ slots, primary, replicas }) => ({
        slots,
        primary: node(primary),
        replicas: replicas.map(node),
      }));
      return arrange(own, leaving.map(node));
    },

    async close() {
      closed = true;
      await Promise.allSettled(starting);
      await Promise.all([...running].map((node) => node.stop()));
      running.clear();
    },
  };
}
