// What a delivery costs, and how long it takes: the chat server beside Socket.IO with each of its Redis adapters and beside
// bare relays of ws and ioredis. Two nodes and Redis; 1000 clients in 20 rooms of 50, every room on both nodes, and one hot room
// of 1000. The same load process for all, interleaved, medians. Options: --quick, --runs <n>, --rate 200,1000,2000,hot, --peer <names>.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './chat/generator.mjs';
import { startNodes } from './chat/nodes.mjs';
import { report } from './chat/report.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    rate: { type: 'string', default: '200,1000,2000,hot' },
    peer: { type: 'string' },
  },
});
const runs = Number(values.runs ?? (values.quick ? 1 : 5));
const clients = 1000;
// Until V8 has compiled what is hot: its compiler's threads would else be a good part of what is measured at 200 messages/s.
const warmUp = { rate: 1000, burst: 1, durationMs: 5000 };
const scenarios = {
  200: { roomSize: 50, rate: 200, burst: 1, durationMs: 5000 },
  1000: { roomSize: 50, rate: 1000, burst: 1, durationMs: 2000 },
  2000: { roomSize: 50, rate: 2000, burst: 1, durationMs: 2000 },
  hot: { roomSize: clients, rate: 200, burst: 20, durationMs: 2000 },
};

const generator = await prepare();
const peer = (file, ...args) => [fileURLToPath(new URL(`./chat/peers/${file}`, import.meta.url)), ...args];
const peers = {
  chat: { program: [generator.server], dialect: 'chat' },
  relay: { program: peer('relay.mjs'), dialect: 'chat' },
  'relay-once': { program: peer('relay-once.mjs'), dialect: 'chat', hot: false },
  'socket.io-redis': { program: peer('socket-io.mjs', 'redis'), dialect: 'socket.io' },
  'socket.io-sharded': { program: peer('socket-io.mjs', 'sharded'), dialect: 'socket.io', hot: false },
  'socket.io-streams': { program: peer('socket-io.mjs', 'streams'), dialect: 'socket.io', hot: false },
};
const chosen = { peers: values.peer?.split(',') ?? Object.keys(peers), rates: values.rate.split(',') };
for (const [names, known] of [
  [chosen.peers, peers],
  [chosen.rates, scenarios],
]) {
  const unknown = names.filter((name) => !(name in known));
  if (unknown.length === 0) continue;
  console.error(
    `error: ${unknown.join(', ')} is not known\nhint: choose from ${Object.keys(known).join(', ')}`,
  );
  process.exit(2);
}

/** Per rate and peer, one measurement for each run. */
const seen = Object.fromEntries(chosen.rates.map((rate) => [rate, {}]));
const rooms = chosen.rates.filter((rate) => rate !== 'hot');
const hot = chosen.rates.filter((rate) => rate === 'hot');
try {
  for (let run = 0; run < runs; run += 1) {
    // Another one is the first each time.
    const names = chosen.peers.map((_, at) => chosen.peers[(at + run) % chosen.peers.length]);
    await measure(names, rooms);
    await measure(
      names.filter((name) => peers[name].hot !== false),
      hot,
    );
  }
} finally {
  await generator.remove();
}
if (!report(seen, runs)) process.exitCode = 1;

/**
 * One life of each peer: clients join once, then all peers send at one rate after the other, each in its turn. What the machine does
 * from minute to minute is more than what peers differ by, so that they are compared within seconds. Starting and joining are not counted.
 */
async function measure(names, rates) {
  if (rates.length === 0) return;
  const lives = [];
  try {
    for (const name of names) lives.push(await begin(name, scenarios[rates[0]].roomSize));
    if (rates !== hot) for (const { load } of lives) await load.send(warmUp);
    for (const rate of rates) for (const life of lives) await turnOf(life, rate);
    for (const { load } of lives) await load.end();
  } finally {
    for (const { nodes } of lives) await nodes.stop();
  }
}

async function begin(name, roomSize) {
  const { program, dialect } = peers[name];
  const nodes = await startNodes(program);
  try {
    const { hosts, port } = nodes;
    return { name, nodes, load: await generator.connect({ hosts, port, dialect, count: clients, roomSize }) };
  } catch (error) {
    await nodes.stop();
    throw error;
  }
}

async function turnOf({ name, nodes, load }, rate) {
  const before = nodes.cpu();
  const { delivered, expected, p50, p99, cpu } = await load.send(scenarios[rate]);
  const after = nodes.cpu();
  const per100k = (seconds) => (seconds / delivered) * 100_000;
  (seen[rate][name] ??= []).push({
    nodes: per100k(after.nodes - before.nodes),
    redis: per100k(after.redis - before.redis),
    load: per100k(cpu),
    p50,
    p99,
    missing: expected - delivered,
  });
}
