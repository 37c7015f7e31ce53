import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { startAws } from './aws-cli-runner.ts';
import type { RunAws } from './aws-cli-runner.ts';

const run = promisify(execFile);
const runners = new WeakMap<Reachable, Promise<RunAws>>();

/** Whether the `aws` program (Debian's package `awscli`) is on PATH. */
export async function hasAwsCli(): Promise<boolean> {
  return run('aws', ['--version']).then(
    () => true,
    () => false,
  );
}

/** A local cloud, in process or not. */
export interface Reachable {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** A folder that `aws` may take for its home. */
  cloud: { folder: string };
}

/** Runs `aws <service> <operation> …` against a local cloud, untouched by the machine's own settings; `input` becomes `--cli-input-json`. Resolves with what it prints, as plain data; rejects with what it says on stderr. */
export async function aws(cloud: Reachable, args: string[], input?: object): Promise<unknown> {
  const withInput = input === undefined ? args : [...args, '--cli-input-json', JSON.stringify(input)];
  if (!runners.has(cloud)) runners.set(cloud, startAws(environmentOf(cloud)));
  const runCommand = await runners.get(cloud)!;
  const { stdout } = await runCommand([
    ...withInput,
    '--endpoint-url',
    cloud.endpoint,
    '--region',
    'local',
    '--output',
    'json',
  ]);
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}

/** Expects what `aws` printed to be what the API said, as an SDK client or a handler knows it; counts the values that agree and the members that an older `aws` does not know. */
export function compare(
  printed: unknown,
  said: unknown,
  path: string,
  seen = { agreed: 0, unknown: 0 },
): { agreed: number; unknown: number } {
  if (said instanceof Date) {
    const time = typeof printed === 'number' ? printed * 1000 : Date.parse(String(printed));
    expect(Math.abs(time - said.getTime()), path).toBeLessThan(2);
    seen.agreed += 1;
  } else if (said instanceof Uint8Array) {
    expect(printed, path).toBe(Buffer.from(said).toString('base64'));
    seen.agreed += 1;
  } else if (Array.isArray(said)) {
    expect(printed, path).toHaveLength(said.length);
    said.forEach((item, index) => compare((printed as unknown[])[index], item, `${path}.${index}`, seen));
  } else if (typeof said === 'object' && said !== null) {
    // An `aws` of version 1 prints what an answer lacks as null.
    const there = Object.entries(printed as object).filter(([, value]) => value !== null);
    for (const [key] of there) expect(said, path).toHaveProperty([key]);
    for (const [key, item] of Object.entries(said).filter(([, value]) => value !== undefined)) {
      const part = (printed as Record<string, unknown>)[key];
      if (part === undefined) seen.unknown += 1;
      else compare(part, item, `${path}.${key}`, seen);
    }
  } else if (typeof said === 'string' && typeof printed === 'object') {
    // IAM's policy documents come URL-encoded; `aws` decodes them.
    expect(printed, path).toEqual(JSON.parse(decodeURIComponent(said)));
    seen.agreed += 1;
  } else {
    // Page sizes of Route 53 are text to `aws`.
    expect(typeof said === 'number' ? Number(printed) : printed, path).toEqual(said);
    seen.agreed += 1;
  }
  return seen;
}

function environmentOf(cloud: Reachable): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: cloud.cloud.folder,
    LC_ALL: 'C.UTF-8',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
  };
}
