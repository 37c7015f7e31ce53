// What an idle connection holds: 5000 clients join rooms of 50 on one node, beside a ws server that does nothing and Socket.IO.
// Measured after forced collections, against the same node with 500 clients, so that code and caches are not counted.
// Options: --clients <n>, --runs <n>.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './chat/generator.mjs';
import { startNodes } from './chat/nodes.mjs';

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '5000' }, runs: { type: 'string', default: '3' } },
});
const clients = Number(values.clients);
const runs = Number(values.runs);
const roomSize = 50;
const warmUp = 500;
// Presence is told at most twice a second, and a client that said hello is no longer waited for.
const settleMs = 2000;
const limits = { 'bare ws': 1.5, 'socket.io-redis': 0.5 };

const generator = await prepare();
const file = (name) => fileURLToPath(new URL(`./chat/${name}`, import.meta.url));
const peers = {
  chat: { program: [generator.server], dialect: 'chat' },
  'bare ws': { program: [file('peers/bare-ws.mjs')], dialect: 'chat' },
  relay: { program: [file('peers/relay.mjs')], dialect: 'chat' },
  'socket.io-redis': { program: [file('peers/socket-io.mjs'), 'redis'], dialect: 'socket.io' },
};
const seen = {};
try {
  for (let run = 0; run < runs; run += 1) {
    for (const name of Object.keys(peers)) (seen[name] ??= []).push(await measure(peers[name]));
  }
} finally {
  await generator.remove();
}

console.log(
  `medians of ${runs} run(s); KB for each of ${clients} idle connections, after forced collections`,
);
const row = (name, cells) => `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(14)).join('')}`;
console.log(row('', ['heap+buffers', 'whole process']));
const middle = (name, measure) => median(seen[name].map((run) => run[measure])) / 1024;
for (const name of Object.keys(peers)) {
  console.log(
    row(
      name,
      ['used', 'rss'].map((measure) => middle(name, measure).toFixed(1)),
    ),
  );
}
for (const [name, most] of Object.entries(limits)) {
  const times = middle('chat', 'used') / middle(name, 'used');
  console.log(`  ${times <= most ? 'PASS' : 'OVER'}  ${times.toFixed(2)} × ${name}, at most ${most} ×`);
  if (times > most) process.exitCode = 1;
}

/** Bytes that each connection adds to a node: heap and buffers in use, and the whole process. */
async function measure({ program, dialect }) {
  const nodes = await startNodes(program, ['--expose-gc', '--import', file('memory-probe.mjs')]);
  try {
    const { hosts, port } = nodes;
    const join = (count) => generator.connect({ hosts: [hosts[0]], port, dialect, count, roomSize });
    const first = await join(warmUp);
    const before = await settled(nodes);
    const all = await join(clients);
    const after = await settled(nodes);
    await all.end();
    await first.end();
    return {
      used: (after.used - before.used) / clients,
      rss: (after.rss - before.rss) / clients,
    };
  } finally {
    await nodes.stop();
  }
}

async function settled(nodes) {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return nodes.memory(0);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
