import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../../bin/chatops.js', import.meta.url));

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

/** A folder of its own in which the real command line is run, as a user would; `close` ends whatever runs there. */
export interface Project {
  folder: string;
  /** Writes chatops.config.json. */
  configure(config: object): Promise<void>;
  run(...args: string[]): Promise<Result>;
  /** Starts a command and leaves it running; `done` resolves with its result. */
  start(...args: string[]): { child: ChildProcess; done: Promise<Result>; output(): string };
  /** The local cloud's own record: endpoint, credentials and process. */
  daemon(): Promise<{ pid: number; endpoint: string; accessKeyId: string; secretAccessKey: string }>;
  close(): Promise<void>;
}

/** Makes an empty project folder. `env` is added to a clean environment. */
export async function createProject(env: Record<string, string> = {}): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chatops-e2e-'));
  const start: Project['start'] = (...args) => {
    const started = Date.now();
    const child = spawn(process.execPath, [executable, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
    const done = new Promise<Result>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...text, ms: Date.now() - started }));
    });
    return { child, done, output: () => text.stdout + text.stderr };
  };
  return {
    folder,
    start,
    run: (...args) => start(...args).done,
    configure: (config) => writeFile(path.join(folder, 'chatops.config.json'), JSON.stringify(config)),
    daemon: async () =>
      JSON.parse(await readFile(path.join(folder, '.chatops/local/daemon.json'), 'utf8')) as Awaited<
        ReturnType<Project['daemon']>
      >,
    async close() {
      await start('local', 'stop').done;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
