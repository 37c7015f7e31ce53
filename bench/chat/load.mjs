// The load process: raw WebSocket clients that join rooms, send on a schedule and time what arrives. Told over IPC what to do:
// `open` answers `opened`; `send` answers `sent` when everything has arrived, or nothing more does. Ends with its parent.
import { randomUUID } from 'node:crypto';
import { Connection } from '../../src/load/connection.ts';
import { Histogram } from '../../src/load/histogram.ts';
import { dialects } from './dialects.mjs';

/** Clients on their way in at a time: fewer than any peer's queue of new connections has room for. */
const most = 100;
/** Of the send time that each text begins with: milliseconds with three decimals. */
const timeWidth = 12;
const filler = 'and a line of chat of usual length';
const silenceMs = 4000;
const now = () => performance.now();

const clients = [];
let rooms = 0;
let run = 0;
let delivered = 0;
let lastAt = 0;
let latency = new Histogram();

process.on('message', ({ type, ...what }) => {
  // What fails ends the process, and so the bench.
  void (type === 'open' ? open(what) : send(what)).then((answer) => process.send(answer));
});
process.on('disconnect', () => process.exit(0));

async function open({ hosts, port, dialect, count, roomSize }) {
  rooms = Math.ceil(count / roomSize);
  let joined = 0;
  const onTheirWay = () => clients.length - joined;
  const on = {
    joined: () => (joined += 1),
    // Later it shows as deliveries that are missing.
    closed(cause) {
      if (onTheirWay() > 0) throw new Error(`a connection ended: ${JSON.stringify(cause)}`);
    },
  };
  for (let index = 0; index < count; index += 1) {
    while (onTheirWay() >= most) await turn();
    const place = { host: hosts[index % hosts.length], port, room: `room-${Math.floor(index / roomSize)}` };
    clients.push(newClient(place, dialects[dialect], on));
  }
  while (onTheirWay() > 0) await turn();
  return { type: 'opened' };
}

function newClient({ host, port, room }, dialect, on) {
  const target = { tls: false, host: `${host}:${port}`, hostname: host, port, path: dialect.path };
  const client = { room, id: randomUUID(), say: (text) => connection.send(text), dialect };
  const connection = new Connection(
    { target, address: host, cookies: [] },
    {
      opened() {
        const hello = dialect.hello(client);
        if (hello) client.say(hello);
      },
      text(buffer, start, end) {
        const frame = buffer.latin1Slice(start, end);
        if (frame.startsWith(dialect.message)) took(frame);
        else if (dialect.take(frame, client)) on.joined();
      },
      closed: on.closed,
    },
  );
  return client;
}

function took(frame) {
  const at = frame.indexOf('"text":"') + 8;
  lastAt = now();
  delivered += 1;
  latency.record(lastAt - Number(frame.slice(at, at + timeWidth)));
}

/** Sends `rate` messages a second in bursts of `burst`, each room in turn and in it each member in turn. */
async function send({ rate, burst, durationMs }) {
  run += 1;
  delivered = 0;
  latency = new Histogram();
  const size = clients.length / rooms;
  const total = Math.floor((rate * durationMs) / 1000);
  const cpu = process.cpuUsage();
  const start = now();
  lastAt = start;
  for (let next = 0; next < total; await turn()) {
    for (; next < total; next += 1) {
      const due = start + (Math.floor(next / burst) * burst * 1000) / rate;
      if (due > now()) break;
      const sender = clients[(next % rooms) * size + (Math.floor(next / rooms) % size)];
      const text = `${due.toFixed(3).padStart(timeWidth, '0')} ${filler}`;
      sender.say(sender.dialect.send(sender, `${run}-${next}`, text));
    }
  }
  const expected = total * size;
  const hasEnded = () => delivered >= expected || now() - lastAt >= silenceMs;
  while (!hasEnded()) await turn(20);
  const { user, system } = process.cpuUsage(cpu);
  const { p50, p99 } = latency.percentiles();
  return { type: 'sent', delivered, expected, p50, p99, cpu: (user + system) / 1e6 };
}

function turn(ms = 1) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
