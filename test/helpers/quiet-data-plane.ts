import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../src/local-cloud/runtime/certificate.ts';
import type { DataPlane, TargetHealth } from '../../src/local-cloud/runtime/data-plane.ts';

/** A data plane that starts nothing: tasks run until they are stopped, targets are healthy and caches are there at once, images are files in a temporary folder. Data planes that are given the same `contents` of blobs share them. */
export function quietDataPlane(contents = new Map<string, Buffer>()): DataPlane {
  const blobs = new Map<string, string>();
  const health = new Map<string, TargetHealth>();
  const listeners = new Set<() => void>();
  const authority = createAuthority();
  let folder: Promise<string> | undefined;
  let address = 1;
  let pid = 1_000_000;
  const write = async (digest: string, content: Buffer) => {
    folder ??= mkdtemp(join(tmpdir(), 'chatops-quiet-'));
    const path = join(await folder, digest.replace(':', '-'));
    await writeFile(path, content);
    blobs.set(digest, path);
    return path;
  };
  return {
    addresses: {
      async claim(port) {
        address += 1;
        return { host: `127.77.${address >> 8}.${address & 255}`, port };
      },
      release: () => undefined,
    },
    images: {
      async blob(digest) {
        const content = contents.get(digest);
        return blobs.get(digest) ?? (content && write(digest, content));
      },
      async putBlob(content, digest) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of Buffer.isBuffer(content) ? [content] : content) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        const actual = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
        if (actual !== digest) throw new Error(`the content has the digest ${actual}, not ${digest}`);
        contents.set(digest, bytes);
        await write(digest, bytes);
      },
    },
    tasks: {
      async start(spec) {
        let running = true;
        pid += 1;
        return {
          pid,
          stop() {
            if (!running) return;
            running = false;
            setImmediate(() => spec.onExit({ code: 143 }));
          },
          usage: async () => (running ? { cpuSeconds: 0, memoryBytes: 0 } : undefined),
          check: async () => 0,
        };
      },
    },
    balancer: {
      async configure(_listeners, targetGroups) {
        health.clear();
        for (const { arn, targets } of targetGroups) {
          // A draining target has no connections here, so it is done at once: unknown, as a drained one is.
          for (const { id, draining } of targets) {
            if (!draining) health.set(`${arn} ${id}`, { state: 'healthy' });
          }
        }
        setImmediate(() => listeners.forEach((listener) => listener()));
      },
      health: (arn, id) => health.get(`${arn} ${id}`),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    caches: {
      engine: async () => ({ name: 'redis', version: '7.0.15', command: 'redis-server', args: [] }),
      arrange: async () => undefined,
      async start() {
        pid += 1;
        return { pid, change: async () => undefined, stop: async () => undefined };
      },
    },
    certificates: { issue: async (names) => authority.issue(names) },
    async close() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
    },
  };
}
