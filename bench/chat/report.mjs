// The table of a run of the chat bench: medians per peer, and the chat server against its limits.

/** Per rate: the measure, the peer it is compared with, and the most that it may be. */
const limits = {
  200: [
    { of: 'nodes', beside: 'socket.io-redis', times: 0.6 },
    { of: 'nodes', beside: 'relay', times: 1.1 },
    { of: 'p99', beside: 'relay', plus: 5 },
  ],
  1000: [
    { of: 'nodes', beside: 'socket.io-redis', times: 0.75 },
    { of: 'nodes', beside: 'relay', times: 1.1 },
    { of: 'p99', beside: 'relay', plus: 5 },
  ],
  2000: [
    { of: 'nodes', beside: 'relay', times: 1.1 },
    { of: 'p99', beside: 'relay', plus: 5 },
    { of: 'p99', beside: 'socket.io-redis', times: 0.25 },
  ],
  hot: [{ of: 'nodes', beside: 'socket.io-redis', times: 0.35 }],
};
const titles = { hot: 'hot room: 1000 members, 200 messages/s in bursts of 20' };
const measures = { nodes: 'CPU of the nodes', p99: 'delivery p99' };

/** Prints medians and verdicts; true when no limit is exceeded and nothing is missing. */
export function report(seen, runs) {
  let passed = true;
  console.log(`medians of ${runs} run(s); CPU in seconds per 100k deliveries, delivery latency in ms`);
  for (const [rate, peers] of Object.entries(seen)) {
    console.log(`\n${titles[rate] ?? `${rate} messages/s`}`);
    console.log(row('', ['nodes', '× chat', 'Redis', 'load', 'p50', 'p99', 'missing']));
    const middle = (name, measure) => median(peers[name].map((run) => run[measure]));
    for (const name of Object.keys(peers)) {
      const [nodes, redis, load] = ['nodes', 'redis', 'load'].map((measure) => middle(name, measure));
      const ratio = peers.chat ? (nodes / middle('chat', 'nodes')).toFixed(2) : '';
      const times = ['p50', 'p99'].map((measure) => middle(name, measure).toFixed(1));
      const missing = peers[name].reduce((sum, run) => sum + run.missing, 0);
      console.log(
        row(name, [nodes.toFixed(2), ratio, redis.toFixed(2), load.toFixed(2), ...times, String(missing)]),
      );
      if (name === 'chat' && missing !== 0) passed = false;
    }
    for (const { of, beside, times, plus } of limits[rate]) {
      if (!peers.chat || !peers[beside]) continue;
      const [ours, theirs] = [middle('chat', of), middle(beside, of)];
      const ok = times === undefined ? ours <= theirs + plus : ours <= theirs * times;
      const found =
        times === undefined ? `+ ${(ours - theirs).toFixed(1)} ms` : `${(ours / theirs).toFixed(2)} ×`;
      const most = times === undefined ? `+ ${plus} ms` : `${times} ×`;
      console.log(`  ${ok ? 'PASS' : 'OVER'}  ${measures[of]} ${found} ${beside}, at most ${most}`);
      passed &&= ok;
    }
  }
  return passed;
}

function row(name, cells) {
  return `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(9)).join('')}`;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
