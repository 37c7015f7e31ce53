import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';

const run = promisify(execFile);

/** The real machine; programs are looked for on the `PATH` of `env`. */
export function thisMachine(nodeVersion: string, env: Record<string, string | undefined>): Machine {
  const output: Machine['output'] = async (program, args) => {
    try {
      const { stdout } = await run(program, [...args], { env, timeout: 5000 });
      return stdout.trim().split('\n')[0];
    } catch {
      return undefined;
    }
  };
  return {
    nodeVersion,
    output,
    async openFileLimit() {
      const limit = await output('sh', ['-c', 'ulimit -n']);
      if (limit === 'unlimited') return Infinity;
      return limit !== undefined && /^\d+$/.test(limit) ? Number(limit) : undefined;
    },
    listenProblem: (port) =>
      new Promise((resolve) => {
        const server = createServer();
        server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(undefined)));
      }),
  };
}
