import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Runs one command of `aws`; rejects with an error that has its `stderr` when it fails. */
export type RunAws = (args: string[]) => Promise<{ stdout: string }>;

const run = promisify(execFile);
const server = fileURLToPath(new URL('aws-cli-server.py', import.meta.url));

/**
 * The `aws` of PATH. Half a second of each of its starts goes into loading Python: where `python3` has the very
 * release, its driver is loaded once and runs every command in a fork of itself. Ends with this process.
 */
export async function startAws(env: NodeJS.ProcessEnv): Promise<RunAws> {
  const { stdout: release } = await run('aws', ['--version'], { env });
  const child = spawn('python3', [server], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Without python3 the answers end before they begin.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const { value: version } = await answers.next();
  if (version === undefined || !release.startsWith(`aws-cli/${JSON.parse(version)} `)) {
    child.stdin.end();
    return (args) => run('aws', args, { env, maxBuffer: 64 * 1024 * 1024 });
  }
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (args: string[]) => {
    child.stdin.write(`${JSON.stringify(args)}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error('the aws command line has ended');
    const { code, ...texts } = JSON.parse(value) as { code: number; stdout: string; stderr: string };
    if (code !== 0) throw Object.assign(new Error(`aws ${args.join(' ')}: ${texts.stderr}`), texts);
    return texts;
  };
  return (args) => {
    const asked = last.then(() => ask(args));
    last = asked.catch(() => {});
    return asked;
  };
}
