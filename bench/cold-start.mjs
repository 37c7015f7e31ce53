// How long the command line takes to say something, as a multiple of Node's own start in the same run.
// Interleaved, so that a machine that changes its speed changes it for both; medians of 21.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const runs = 21;
const limit = 2;
const executable = path.join(import.meta.dirname, '../bin/chatops.js');
const commands = {
  'node -e 0': ['-e', '0'],
  'chatops --version': [executable, '--version'],
  'chatops --help': [executable, '--help'],
  'chatops up --help': [executable, 'up', '--help'],
};

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let run = -1; run < runs; run += 1) {
  for (const [name, args] of Object.entries(commands)) {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, args, {
      stdio: 'ignore',
      env: { PATH: process.env.PATH },
    });
    if (status !== 0) throw new Error(`${name} exited with ${status}`);
    if (run >= 0) times[name].push(performance.now() - start);
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const base = median(times['node -e 0']);
for (const [name, values] of Object.entries(times)) {
  const ratio = median(values) / base;
  const verdict =
    name === 'node -e 0' ? '' : ratio <= limit ? `at most ${limit}: yes` : `at most ${limit}: NO`;
  console.log(
    `${name.padEnd(20)} ${median(values).toFixed(0).padStart(4)} ms   ${ratio.toFixed(2)} ×   ${verdict}`,
  );
}
