import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestCloud } from './local-cloud.ts';

const run = promisify(execFile);

/** Whether the `aws` program (Debian's package `awscli`) is on PATH. */
export async function hasAwsCli(): Promise<boolean> {
  return run('aws', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Runs `aws <service> <operation> …` against a local cloud, untouched by the machine's own settings; `input` becomes `--cli-input-json`. Resolves with what it prints, as plain data; rejects with what it says on stderr. */
export async function aws(cloud: TestCloud, args: string[], input?: object): Promise<unknown> {
  const withInput = input === undefined ? args : [...args, '--cli-input-json', JSON.stringify(input)];
  const { stdout } = await run(
    'aws',
    [...withInput, '--endpoint-url', cloud.endpoint, '--region', 'local', '--output', 'json'],
    {
      maxBuffer: 64 * 1024 * 1024,
      env: {
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
      },
    },
  );
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}
