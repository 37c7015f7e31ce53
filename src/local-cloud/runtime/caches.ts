import type { CacheRunner } from './data-plane.ts';
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
  return {
    engine: () => findServer(options.path),

    async start(spec) {
      const server = await findServer(options.path);
      if (server === undefined) throw new Error('no redis-server or valkey-server on PATH');
      const node = await startNode(server.command, spec, options.keeper);
      running.add(node);
      return {
        get pid() {
          return node.pid;
        },
        get answers() {
          return node.answers;
        },
        async stop() {
          await node.stop();
          running.delete(node);
        },
      };
    },

    async close() {
      await Promise.all([...running].map((node) => node.stop()));
      running.clear();
    },
  };
}
