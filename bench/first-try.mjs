// What a new user waits for: the first `up` in an empty folder, the `up` after it that changes nothing, and `down`.
// Real processes, real Redis, no config file; medians of 5 lives.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const lives = 5;
const limits = { 'up, first': 60_000, 'up, no changes': 3_000, down: undefined };
const executable = path.join(import.meta.dirname, '../bin/chatops.js');

const times = { 'up, first': [], 'up, no changes': [], down: [] };
for (let life = 0; life < lives; life += 1) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chatops-bench-'));
  const run = (name, ...args) => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [executable, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    times[name].push(performance.now() - start);
    if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
  };
  try {
    run('up, first', 'up');
    run('up, no changes', 'up');
    run('down', 'down', '--yes');
  } finally {
    spawnSync(process.execPath, [executable, 'local', 'stop'], { cwd: folder });
    await rm(folder, { recursive: true, force: true });
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
for (const [name, values] of Object.entries(times)) {
  const limit = limits[name];
  const ratio =
    limit === undefined ? '' : `${(median(values) / limit).toFixed(2)} × the ${limit / 1000} s allowed`;
  console.log(`${name.padEnd(15)} ${(median(values) / 1000).toFixed(2).padStart(6)} s   ${ratio}`);
}
