// A node dies, and all of its clients come to the other one at once, without the spread that the page and the load test give
// it: two nodes and Redis, rooms of 50, five messages missed by everybody. Options: --clients <n>, --missed <n>, --runs <n>.
import { parseArgs } from 'node:util';
import { prepare } from './chat/generator.mjs';
import { startNodes } from './chat/nodes.mjs';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '5000' },
    missed: { type: 'string', default: '5' },
    runs: { type: 'string', default: '3' },
  },
});
const count = Number(values.clients);
const missed = Number(values.missed);
const mostMs = 5000;

const generator = await prepare('bench/chat/storm-load.mjs');
try {
  for (let run = 0; run < Number(values.runs); run += 1) await storm();
} finally {
  await generator.remove();
}

async function storm() {
  const nodes = await startNodes([generator.server]);
  try {
    const { hosts, port } = nodes;
    const load = await generator.connect({ hosts, port, count, roomSize: 50 });
    // Frozen first, so that there is something that its clients have not had.
    nodes.signal(0, 'SIGSTOP');
    await load.ask({ type: 'speak', messages: missed });
    const before = nodes.cpuOfNode(1);
    nodes.signal(0, 'SIGKILL');
    const { resumed, failures, p50, p99, max } = await load.ask({ type: 'back', missed });
    const seconds = (nodes.cpuOfNode(1) - before).toFixed(1);
    const failed = Object.entries(failures).map(([reason, times]) => `${reason} ${times}`);
    const passed = resumed === count && failed.length === 0 && p99 < mostMs;
    console.log(
      [
        `${passed ? 'PASS' : 'OVER'}  resumed ${resumed} of ${count}`,
        `p50 ${p50.toFixed(0)} ms`,
        `p99 ${p99.toFixed(0)} ms (at most ${mostMs})`,
        `last ${max.toFixed(0)} ms`,
        `errors ${failed.join(', ') || 'none'}`,
        `CPU of the node ${seconds} s`,
      ].join('   '),
    );
    if (!passed) process.exitCode = 1;
    await load.end();
  } finally {
    await nodes.stop();
  }
}
