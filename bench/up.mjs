// How long `up` takes, of the default stack and of one with a serverless cache, where AWS takes as long as
// docs/local-cloud.md says, in simulated time, beside the same work done one resource at a time, and what it could not
// have been shorter without.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const test = 'test/contract/safety/latency.test.ts';
const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', test], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
});
const measured = stdout.split('\n').filter((line) => line.startsWith('up: '));
if (measured.length === 0) throw new Error(stdout + stderr);
console.log(measured.join('\n'));
if (status !== 0) process.exitCode = 1;
