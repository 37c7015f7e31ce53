import type { CacheNodeSpec, CacheRunner } from './data-plane.ts';
import { startNode, type RunningNode } from './caches/node.ts';
import { findServer } from './caches/server.ts';
import type { ChildKeeper } from './tasks.ts';

export interface ServerRunner extends CacheRunner {
  /** Ends every cache node and resolves when none is left. */
  close(): Promise<void>;
}

/** Runs cache nodes as `valkey-server` or `redis-server` processes, whichever is found first in `path` (the variable PATH). */
export function createCacheRunner(options: { path: string; keeper: ChildKeeper }): ServerRunner {
  const running = new Set<RunningNode>();
  const starting = new Set<Promise<unknown>>();
  let closed = false;

  async function start(spec: CacheNodeSpec): Promise<RunningNode> {
    const server = await findServer(options.path);
    if (server === undefined) throw new Error('no redis-server or valkey-server on PATH');
    const node = await startNode(server.command, spec, options.keeper);
    running.add(node);
    if (closed) throw new Error('the local cloud is stopping');
    return node;
  }

  return {
    engine: () => findServer(options.path),

    async start(spec) {
      const coming = start(spec);
      starting.add(coming);
      const node = await coming.finally(() => starting.delete(coming));
      return {
        get pid() {
          return node.pid;
        },
        get answers() {
          return node.answers;
        },
        change: (change) => node.change(change),
        async stop() {
          await node.stop();
          running.delete(node);
        },
      };
    },

    async close() {
      closed = true;
      await Promise.allSettled(starting);
      await Promise.all([...running].map((node) => node.stop()));
      running.clear();
    },
  };
}
