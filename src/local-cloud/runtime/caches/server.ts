import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { CacheEngine } from '../data-plane.ts';

const run = promisify(execFile);

/** The first `valkey-server`, else the first `redis-server`, of the folders in `path` that says its version; undefined where there is none. */
export async function findServer(path: string): Promise<CacheEngine | undefined> {
  // A relative folder in PATH would mean another program after each change of directory.
  const folders = path.split(delimiter).filter(isAbsolute);
  for (const program of ['valkey-server', 'redis-server']) {
    for (const folder of folders) {
      const server = await read(join(folder, program));
      if (server !== undefined) return server;
    }
  }
  return undefined;
}

/** Valkey's packages install a `redis-server` too: what it is, is what it says, not what it is called. */
async function read(command: string): Promise<CacheEngine | undefined> {
  try {
    await access(command, constants.X_OK);
    const { stdout } = await run(command, ['--version'], { timeout: 5000 });
    const version = /\bv=(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined) return undefined;
    return { command, args: [], name: /^valkey/i.test(stdout) ? 'valkey' : 'redis', version };
  } catch {
    return undefined;
  }
}
