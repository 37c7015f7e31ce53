import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';

/** All that a command may know and do of the machine around it; tests pass their own. */
export interface Host {
  /** Arguments after the program's name. */
  args: string[];
  env: Record<string, string | undefined>;
  cwd: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Folder of the installed package: `dist/` and `templates/` are in it. */
  packageRoot: string;
  user: string;
  hostname: string;
  pid: number;
  platform: string;
  /** Of the Node.js that runs this, such as `20.20.0`. */
  nodeVersion: string;
  /** Whether a process of this machine runs. */
  isAlive(pid: number): boolean;
  /** Calls `handler` on each SIGINT, SIGTERM or SIGHUP until the returned function is called. */
  onSignal(handler: (signal: NodeJS.Signals) => void): () => void;
  /** Starts a program of the desktop (a browser); resolves with whether it could be started. */
  launch(command: string, args: string[]): Promise<boolean>;
  exit(code: number): void;
}

const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The real machine: the only place on the command line's side that touches `process`. */
export function processHost(): Host {
  return {
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    packageRoot: fileURLToPath(new URL('..', import.meta.url)),
    user: process.env['USER'] ?? process.env['LOGNAME'] ?? String(process.getuid?.() ?? ''),
    pid: process.pid,
    platform: process.platform,
    nodeVersion: process.versions.node,
    hostname: hostname(),
    isAlive: (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        // EPERM: it runs, as somebody else's.
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
    onSignal(handler) {
      for (const signal of signals) process.on(signal, handler);
      return () => {
        for (const signal of signals) process.off(signal, handler);
      };
    },
    launch: async (command, args) => {
      const { spawn } = await import('node:child_process');
      return new Promise((resolve) => {
        const child = spawn(command, args, { detached: true, stdio: 'ignore' });
        child.once('error', () => resolve(false));
        child.once('spawn', () => {
          child.unref();
          resolve(true);
        });
      });
    },
    exit: (code) => {
      process.exitCode = code;
      // A reader that has gone away (`| head`) must not keep the process.
      process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
    },
  };
}
