// What a delivery costs: CPU-seconds of two nodes per 100,000 deliveries, against a bare relay of ws and ioredis that also
// writes a stream. 1000 clients in 20 rooms of 50, every room on both nodes; the same generator, interleaved; medians.
// `BENCH_RUNS=1 npm run bench -- chat` is a quick look.
import { fileURLToPath } from 'node:url';
import { prepare } from './chat/generator.mjs';
import { startNodes } from './chat/nodes.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 5);
const rates = (process.env.BENCH_RATES ?? '200,1000').split(',').map(Number);
const limit = 1.1;

const generator = await prepare();
// Another peer is another line here: a program that listens on HOST and PORT, uses REDIS_URL and speaks the protocol.
const peers = {
  'chat server': generator.server,
  'bare relay': fileURLToPath(new URL('./chat/relay.mjs', import.meta.url)),
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  for (const rate of rates) {
    const seen = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const [name, program] of Object.entries(peers)) {
        const nodes = await startNodes(program);
        try {
          const scenario = { clients: 1000, rate, rampUpMs: 4000, durationMs: 12_000 };
          seen[name].push(await generator.run(nodes, scenario));
        } finally {
          await nodes.stop();
        }
      }
    }
    console.log(`${rate} messages/s, CPU-seconds per 100k deliveries`);
    const of = (name, value) => median(seen[name].map(value));
    const base = of('bare relay', ({ nodes }) => nodes);
    for (const name of Object.keys(peers)) {
      const cpu = of(name, ({ nodes }) => nodes);
      const verdict = name === 'bare relay' ? '' : `at most ${limit}: ${cpu / base <= limit ? 'yes' : 'NO'}`;
      const wrong = seen[name].map(({ result }) => {
        const { lost, duplicate, outOfOrder } = result.messages;
        return lost.total + duplicate + outOfOrder;
      });
      console.log(
        [
          `  ${name.padEnd(12)} ${cpu.toFixed(2)}`,
          `${(cpu / base).toFixed(2)} ×`,
          `Redis ${of(name, ({ redis }) => redis).toFixed(2)}`,
          `p99 ${of(name, ({ result }) => result.latency.delivery.p99).toFixed(1)} ms`,
          `lost, duplicate or out of order ${wrong.join(' ')}`,
          verdict,
        ].join('   '),
      );
    }
  }
} finally {
  await generator.remove();
}
