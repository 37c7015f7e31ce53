import { installRedis } from '../config/stand-in.ts';
import { fail, ok, skip, warn } from './check.ts';
import type { Check } from './check.ts';

/** What the checks may know of this machine. */
export interface Machine {
  /** `20.20.0`. */
  nodeVersion: string;
  /** The most files that a process may open; undefined where the system does not say. */
  openFileLimit(): Promise<number | undefined>;
  /** The first line that a program prints, or undefined where it cannot be run. */
  output(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Why a port of 127.0.0.1 cannot be listened on (`EADDRINUSE`), or undefined. */
  listenProblem(port: number): Promise<string | undefined>;
}

/** Clients of the load test need a file each, and the balancer two. */
const enoughFiles = 4096;

const oldestNode = [20, 19] as const;

/** What every run needs of this machine. */
export function machineChecks(machine: Machine): Check[] {
  return [
    {
      name: 'node',
      run: async () => {
        const [major = 0, minor = 0] = machine.nodeVersion.split('.').map(Number);
        const isEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
        return isEnough
          ? ok(machine.nodeVersion)
          : fail(`${machine.nodeVersion} is too old`, `install Node.js ${oldestNode.join('.')} or newer`);
      },
    },
    {
      name: 'open files',
      run: async () => {
        const limit = await machine.openFileLimit();
        if (limit === undefined) return skip('this system does not say how many files may be open');
        if (limit >= enoughFiles) return ok(limit === Infinity ? 'no limit' : `up to ${limit}`);
        return warn(
          `up to ${limit}: a load test of more than about ${Math.floor(limit / 4)} clients will run out`,
          'raise the limit before loadtest: ulimit -n 65536',
        );
      },
    },
  ];
}

/** What else the local cloud needs: `port` of the load balancer, and `beyond`, what the stand-in for Redis has not. `ours` says whether this stack stands, so that its port is taken by itself. */
export function localChecks(
  machine: Machine,
  { port, beyond }: { port: number | 'auto'; beyond: string[] },
  ours: () => Promise<boolean>,
): Check[] {
  return [
    {
      name: 'cache server',
      run: async () => {
        for (const program of ['valkey-server', 'redis-server']) {
          const version = await machine.output(program, ['--version']);
          if (version !== undefined) return ok(`${program} ${/[\d.]+\d/.exec(version)?.[0] ?? version}`);
        }
        const none = 'no valkey-server or redis-server on PATH';
        if (beyond.length > 0)
          return fail(`${none}, and the stand-in for it has no ${beyond.join(', no ')}`, installRedis);
        return warn(`${none}: a stand-in runs, in memory, for trying`, installRedis);
      },
    },
    {
      name: 'docker',
      run: async () => {
        const version = await machine.output('docker', ['version', '--format', '{{.Server.Version}}']);
        return version === undefined
          ? skip('no engine answers; nothing of this config needs one')
          : ok(`engine ${version}`);
      },
    },
    {
      name: 'port',
      run: async () => {
        if (port === 'auto') return ok('loadBalancer.port is "auto": the first free one from 8080 up');
        if (await ours()) return ok(`${port} is this stack’s own`);
        const problem = await machine.listenProblem(port);
        if (problem === undefined) return ok(`${port} is free`);
        const why = problem === 'EACCES' ? 'may not be opened by this user' : 'is in use on this machine';
        return fail(
          `loadBalancer.port: ${port} ${why}`,
          'choose another port, or "auto" for the first free one from 8080 up',
        );
      },
    },
  ];
}
